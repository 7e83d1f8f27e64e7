package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound and readings through the image, with what is recorded in the repository. */
class StreamsIT {
    private static final int WAV_HEADER_BYTES = 44;
    private static final int RATE_HZ = 8_000;

    /** What int8 kernels and floating-point units of two processors may differ by. */
    private static final double BETWEEN_PROCESSORS = 0.1;

    @TempDir Path folder;

    private static Path clip(String name) {
        return Path.of(Ganglion.route("keyword-relay"), "clips", name + ".wav");
    }

    private static byte[] samples(String clip) throws IOException {
        byte[] wav = Files.readAllBytes(clip(clip));
        return Arrays.copyOfRange(wav, WAV_HEADER_BYTES, wav.length);
    }

    private Path wav(String name, byte[] samples, int rateHz, int dataBytes) throws IOException {
        ByteBuffer wav =
                ByteBuffer.allocate(WAV_HEADER_BYTES + samples.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + dataBytes);
        wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        wav.putShort((short) 1).putShort((short) 1).putInt(rateHz).putInt(2 * rateHz);
        wav.putShort((short) 2).putShort((short) 16);
        wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(dataBytes).put(samples);
        return Files.write(folder.resolve(name), wav.array());
    }

    /** One second that is nearly silent. */
    private static byte[] pause(Random random) {
        byte[] pause = new byte[2 * RATE_HZ];
        ByteBuffer samples = ByteBuffer.wrap(pause).order(ByteOrder.LITTLE_ENDIAN);
        while (samples.hasRemaining()) {
            samples.putShort((short) (random.nextGaussian() * 15));
        }
        return pause;
    }

    private Path route(String name, String from, String... steps) {
        StringBuilder yaml = new StringBuilder("- route:\n    from:\n      uri: ");
        yaml.append(from).append("\n      steps:\n");
        for (String step : steps) {
            yaml.append("        - ").append(step).append('\n');
        }
        return Folders.write(folder.resolve(name + ".camel.yaml"), yaml.toString());
    }

    private String refusal(Path route) {
        Ganglion run = Ganglion.run(folder, "run", route.toString());
        assertThat(run.exitStatus()).isEqualTo(1);
        return String.join("\n", run.err());
    }

    private static Map<?, ?> parsed(String line) {
        try {
            return JSON.std.mapFrom(line);
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"keyword-relay", "machine-health", "assistant", "voice-home"})
    void aShippedRouteGivesItsGoldenLogAndTheSameAgainWhenItIsReplayed(String name)
            throws IOException {
        if (name.equals("voice-home")) {
            Ganglion.assumeFetched("models/moonshine-tiny");
        }
        Path recording = folder.resolve("recording.jsonl");
        Ganglion run =
                Ganglion.run(folder, "run", Ganglion.route(name), "--record", recording.toString());
        assertThat(run.exitStatus()).as("%s", run.err()).isZero();
        Path log = folder.resolve("replayed.log");
        Ganglion replay =
                Ganglion.run(folder, "replay", recording.toString(), "--log", log.toString());
        assertThat(replay.exitStatus()).as("%s", replay.err()).isZero();
        assertThat(String.join("\n", replay.out())).contains("actions: equal");
        List<String> golden = Files.readAllLines(Path.of(Ganglion.route(name), "golden.log"));
        List<String> replayed = Files.readAllLines(log);
        assertThat(replayed).hasSameSizeAs(golden);
        for (int i = 0; i < golden.size(); i++) {
            same(parsed(golden.get(i)), parsed(replayed.get(i)));
        }
    }

    private static void same(Map<?, ?> golden, Map<?, ?> found) {
        // Where it was started from shows in the name of the file.
        assertThat(String.valueOf(found.get("stream")))
                .endsWith(String.valueOf(golden.get("stream")).replaceFirst("^.*/", ""));
        for (String key :
                List.of("in", "sequence", "label", "sure", "stepsSpent", "stepsTotal", "action")) {
            assertThat(found.get(key)).as("%s of %s", key, golden).isEqualTo(golden.get(key));
        }
        assertThat(number(found.get("confidence")))
                .isCloseTo(number(golden.get("confidence")), within(BETWEEN_PROCESSORS));
        if (golden.get("parameters") instanceof Map<?, ?> expected
                && found.get("parameters") instanceof Map<?, ?> parameters) {
            if (!expected.containsKey("value")) {
                assertThat(parameters).as("%s", golden).isEqualTo(expected);
                return;
            }
            double value = number(expected.get("value"));
            assertThat(number(parameters.get("value")))
                    .isCloseTo(value, within(BETWEEN_PROCESSORS * Math.max(1, value)));
        }
    }

    private static double number(Object value) {
        return ((Number) value).doubleValue();
    }

    @Test
    void aRecordingOfAnotherModelOrRouteIsNotReplayed() throws IOException {
        Path recording = folder.resolve("recording.jsonl");
        String route = Ganglion.route("machine-health");
        Ganglion.run(folder, "run", route, "--record", recording.toString());
        String content = Files.readString(recording);
        Path other =
                Folders.write(
                        folder.resolve("other.jsonl"),
                        content.replaceFirst("\"sha256\":\"[0-9a-f]{8}", "\"sha256\":\"00000000"));
        Ganglion model = Ganglion.run(folder, "replay", other.toString());
        assertThat(model.exitStatus()).isEqualTo(1);
        assertThat(String.join("\n", model.err()))
                .contains("was recorded with version 1 with SHA-256 00000000", "--changed");
        Ganglion elsewhere =
                Ganglion.run(
                        folder,
                        "replay",
                        recording.toString(),
                        "--route",
                        Path.of(Ganglion.route("keyword-relay"), "route.camel.yaml").toString());
        assertThat(elsewhere.exitStatus()).isEqualTo(1);
        assertThat(String.join("\n", elsewhere.err()))
                .contains("a recording of the route 'machine-health'", "has: keyword-relay");
        Ganglion none = Ganglion.run(folder, "replay", clip("one-f2").toString());
        assertThat(none.exitStatus()).isEqualTo(1);
        assertThat(String.join("\n", none.err())).contains("one-f2.wav");
    }

    @ParameterizedTest
    @ValueSource(strings = {"energy", "silero-vad"})
    void utterancesAreFoundInATalk(String detector) throws IOException {
        assumeTrue(
                detector.equals("energy")
                        || Files.exists(Ganglion.image().resolve("models/silero-vad")),
                "the model silero-vad is not in the image, because npm was not there");
        Random random = new Random(2);
        ByteArrayOutputStream talk = new ByteArrayOutputStream();
        talk.write(pause(random));
        for (String word : List.of("one-f2", "three-denis", "six-denis")) {
            talk.write(samples(word));
            talk.write(pause(random));
        }
        wav("talk.wav", talk.toByteArray(), RATE_HZ, talk.size());
        Path route =
                route(
                        "talk",
                        "sense:audio?path=talk.wav&leadMillis=0&trailMillis=0",
                        "to: encode:vad?sampleRateHz=8000&detector=" + detector,
                        "to: encode:logmel",
                        "to: infer:kws-digits",
                        "to: decide:labels");
        Ganglion run = Ganglion.run(folder, "run", route.toString(), "--json");
        assertThat(run.exitStatus()).as("%s", run.err()).isZero();
        List<Map<String, Object>> lines = run.json();
        assertThat(lines.subList(0, lines.size() - 1))
                .extracting(line -> line.get("label"))
                .containsExactly("one", "three", "six");
    }

    @Test
    void whatComesTooFastIsDroppedAndCounted() throws IOException {
        byte[] three = samples("three-denis");
        wav("three.wav", three, RATE_HZ, three.length);
        Path route =
                route(
                        "slow",
                        "sense:audio?path=three.wav&pace=realtime&queue=2&whenFull=drop-oldest",
                        "delay: {constant: 100}",
                        "to: encode:logmel",
                        "to: infer:kws-digits",
                        "to: decide:labels");
        Ganglion run = Ganglion.run(folder, "run", route.toString(), "--json");
        assertThat(run.exitStatus()).as("%s", run.err()).isZero();
        List<Map<String, Object>> lines = run.json();
        assertThat(lines).as("the utterance ended all the same").hasSize(2);
        assertThat(number(lines.get(1).get("dropped"))).isPositive();
    }

    @Test
    void aRouteThatRunsIsRecordedByCommandAndReplayedAlike() throws IOException {
        for (String file : List.of("home.yaml", "actions.yaml")) {
            Files.copy(Path.of(Ganglion.route("kitchen-commands"), file), folder.resolve(file));
        }
        Path route =
                route(
                        "kitchen",
                        "sense:text?path=-",
                        "to: encode:wordpiece",
                        "to: infer:nlu-micro",
                        "to: decide:slots",
                        "to: act:home?home=home.yaml&actions=actions.yaml");
        Path recording = folder.resolve("bad-day.jsonl");
        try (Ganglion run = Ganglion.start(folder, "run", route.toString(), "--json")) {
            run.type("turn on the kitchen lights\n");
            run.awaitOut(line -> line.contains("\"decision\""));
            Ganglion none = Ganglion.run(folder, "record", "hall", "--to", recording.toString());
            assertThat(none.exitStatus()).isEqualTo(1);
            assertThat(String.join("\n", none.err())).contains("'hall'", "kitchen");
            try (Ganglion record =
                    Ganglion.start(
                            folder,
                            "record",
                            "kitchen",
                            "--to",
                            recording.toString(),
                            "--messages",
                            "2")) {
                record.awaitErr(line -> line.contains("is recorded into"));
                run.type("switch off the lamp in the bedroom\nmake me a coffee\n");
                assertThat(record.exitStatus()).as("%s", record.err()).isZero();
            }
        }
        assertThat(Files.getPosixFilePermissions(recording))
                .containsExactlyInAnyOrder(
                        PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        Ganglion replay =
                Ganglion.run(
                        folder,
                        "replay",
                        recording.toString(),
                        "--log",
                        folder.resolve("log").toString());
        assertThat(replay.exitStatus()).as("%s", replay.err()).isZero();
        assertThat(String.join("\n", replay.out()))
                .contains("2 inputs, 2 decisions, 2 actions: equal");
    }

    @Test
    void whyARouteIsSlowIsSaidOfTheStepThatIs() throws IOException {
        Path input =
                Folders.write(folder.resolve("in.txt"), "turn on the kitchen lights\n".repeat(20));
        for (String file : List.of("home.yaml", "actions.yaml")) {
            Files.copy(Path.of(Ganglion.route("kitchen-commands"), file), folder.resolve(file));
        }
        Path route =
                route(
                        "kitchen-slow",
                        "sense:text?path=" + input.getFileName() + "&follow=true",
                        "to: encode:wordpiece",
                        "to: infer:nlu-micro",
                        "to: decide:slots",
                        "delay: {constant: 40}",
                        "to: act:home?home=home.yaml&actions=actions.yaml");
        try (Ganglion run = Ganglion.start(folder, "run", route.toString(), "--json")) {
            run.awaitOut(20, line -> line.contains("\"decision\""));
            Ganglion why = Ganglion.run(folder, "why-slow", "kitchen-slow");
            assertThat(why.exitStatus()).as("%s", why.err()).isZero();
            assertThat(String.join("\n", why.out()))
                    .contains(
                            "the 10 slowest of 20 decisions in kitchen-slow",
                            "ms pass before act:home in steps that are not Ganglion's");
            Ganglion other = Ganglion.run(folder, "why-slow", "kitchen");
            assertThat(other.exitStatus()).isEqualTo(1);
            assertThat(String.join("\n", other.err()))
                    .contains("no route 'kitchen' runs; there are: kitchen-slow");
        }
    }

    /** A route that is refused, and what the sentence about it must say. */
    private void refused(String name, String from, String encode, String... sentence) {
        List<String> steps = new ArrayList<>();
        if (!encode.isEmpty()) {
            steps.add("to: " + encode);
        }
        boolean sound = from.startsWith("sense:audio");
        steps.add(sound ? "to: infer:kws-digits" : "to: infer:occupancy");
        steps.add(sound ? "to: decide:labels" : "to: decide:threshold");
        route(name, from, steps.toArray(String[]::new));
        expected.put(name + ".camel.yaml", List.of(sentence));
    }

    private final Map<String, List<String>> expected = new LinkedHashMap<>();

    @Test
    void whatDoesNotFitIsRefusedNamingBothSides() throws IOException {
        byte[] one = samples("one-f2");
        wav("cut.wav", one, RATE_HZ, 10 * one.length);
        wav("slow.wav", one, 0, one.length);
        Folders.write(folder.resolve("text.wav"), "this is no sound");
        String room = "Temperature [degF],Humidity,Light,CO2,HumidityRatio\n21,30,400,500,0.004\n";
        Folders.write(folder.resolve("room.csv"), room);
        refused(
                "rate",
                "sense:audio?path=" + clip("one-f2") + "&sampleRateHz=16000",
                "encode:logmel",
                ":5: sense:audio gives audio FLOAT32[-1] at 16000 Hz, but encode:logmel takes audio"
                        + " FLOAT32[-1] at 8000 Hz: 8000 Hz expected, 16000 Hz found");
        refused(
                "bands",
                "sense:audio?path=" + clip("one-f2"),
                "encode:logmel?bands=40",
                ":6: encode:logmel gives features FLOAT32[1, 80] at 50 Hz, but infer:kws-digits takes",
                "[1, 64] expected, [1, 80] found");
        refused(
                "channel",
                "sense:audio?channel=right&path=" + clip("one-f2"),
                "encode:logmel",
                "one-f2.wav",
                "right");
        refused(
                "cut",
                "sense:audio?path=cut.wav",
                "encode:logmel",
                "cut.wav: its header says that");
        refused(
                "slow",
                "sense:audio?path=slow.wav",
                "encode:logmel",
                "slow.wav",
                "a sample rate from 1000 to 768000 Hz was expected, found 0 Hz");
        refused("text", "sense:audio?path=text.wav", "encode:logmel", "text.wav", "RIFF");
        refused("unit", "sense:series?path=room.csv", "", "room.csv", "'Cel'", "'degF'");
        refused(
                "units",
                "sense:series?path=room.csv&units=K,1,1,1,1",
                "",
                ":5: sense:series gives",
                "K,1,1,1,1",
                "Cel,%,lx,[ppm],1");
        refused(
                "column",
                "sense:series?path=room.csv&columns=Warmth,Humidity,Light,CO2,HumidityRatio",
                "",
                "room.csv has no column 'Warmth'; it has: Temperature");
        refused(
                "columns",
                "sense:series?path=room.csv&columns=Humidity,Light&units=1",
                "",
                ":5: sense:series gives",
                "[1, 2]",
                "[-1, 5]");
        refused(
                "segmenter",
                "sense:audio?path=" + clip("one-f2"),
                "encode:vad?sampleRateHz=8000",
                ":6: encode:vad gives audio FLOAT32[256] at 8000 Hz, but infer:kws-digits takes");
        String said = refusal(folder);
        expected.forEach(
                (file, sentence) ->
                        assertThat(said.lines().filter(line -> line.contains("/" + file)))
                                .as("%s", said)
                                .anySatisfy(
                                        line ->
                                                assertThat(line)
                                                        .contains(
                                                                sentence.toArray(String[]::new))));
    }

    @Test
    void aReadingThatIsNoNumberIsDroppedAndSaidAndTheNextGoesOn() throws IOException {
        List<String> rows =
                new ArrayList<>(
                        Files.readAllLines(
                                        Path.of(Ganglion.route("machine-health"), "readings.txt"))
                                .subList(0, 10));
        rows.set(4, rows.get(4).replaceFirst("^(\\S+ \\S+ \\S+ \\S+ \\S+ \\S+ )\\S+", "$1NaN"));
        Path input = Folders.write(folder.resolve("bad.txt"), String.join("\n", rows) + "\n");
        Ganglion run =
                Ganglion.run(
                        folder,
                        "run",
                        Ganglion.route("machine-health"),
                        "--json",
                        "--set",
                        "input=" + input);
        assertThat(run.exitStatus()).as("one failed").isEqualTo(1);
        List<Map<String, Object>> lines = run.json();
        assertThat(lines).hasSize(10);
        assertThat(lines.get(9)).containsEntry("decisions", 9).containsEntry("failed", 1);
        assertThat(String.join("\n", run.err())).contains("bad.txt", "5", "NaN");
    }
}
