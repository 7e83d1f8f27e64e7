package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.encoder.vad.VadEncoder;
import dev.ganglion.engine.onnxruntime.OnnxRuntimeEngine;
import dev.ganglion.runtime.model.ModelStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Silero VAD as it ships, through the real engine, beside the detector that goes by loudness. */
class SileroVadGoldenIT {
    private static final Path MODELS =
            Path.of(System.getProperty("ganglion.root", ""), "bundles/models/target/models");
    private static final Path DATA = Path.of(System.getProperty("ganglion.shared.data", "absent"));
    private static final String TEST = "silero_test_20s.wav";
    private static final int FRAME = 512;
    private static final int CONTEXT = 64;
    private static final int SAMPLE_RATE_HZ = 16_000;
    private static final int BLOCK = 320;
    private static final double FRAME_SECONDS = 0.032;
    private static final double TOLERANCE = 1e-4;

    private static Model model;

    /** From and to, in seconds. */
    private record Utterance(double from, double to) {
        boolean holds(double seconds) {
            return seconds >= from && seconds <= to;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.2f-%.2f", from, to);
        }
    }

    @BeforeAll
    static void load() {
        assumeTrue(
                Files.exists(MODELS.resolve("silero-vad/1/silero_vad_v6.onnx")),
                "the build could not fetch silero-vad with npm, see bundles/models");
        assumeTrue(
                Files.exists(DATA.resolve("golden/silero-vad.json")),
                "the golden values of silero-vad are not under -Dganglion.shared.data");
        ModelPackage source =
                new ModelStore(MODELS).verified(new ModelId("silero-vad", "1")).source();
        OnnxRuntimeEngine engine = new OnnxRuntimeEngine();
        model =
                engine.load(
                        source,
                        Options.of("silero-vad", engine.options(), source.options(), Path.of("")));
    }

    @AfterAll
    static void close() {
        if (model != null) {
            model.close();
        }
    }

    private static Path wav(String name) {
        return DATA.resolve("data/voice").resolve(name);
    }

    /** The data of a WAV file of 16 bits, one channel and 16 kHz. */
    private static float[] sound(Path wav) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(wav)).order(ByteOrder.LITTLE_ENDIAN);
        int at = 12;
        while (file.getInt(at) != 0x61746164) { // "data"
            at += 8 + file.getInt(at + 4);
        }
        float[] sound = new float[file.getInt(at + 4) / 2];
        for (int i = 0; i < sound.length; i++) {
            sound[i] = file.getShort(at + 8 + 2 * i) / 32_768f;
        }
        return sound;
    }

    private static List<Double> golden() throws IOException {
        Map<String, Object> golden =
                JSON.std.mapFrom(Files.readString(DATA.resolve("golden/silero-vad.json")));
        List<Double> probabilities = new ArrayList<>();
        for (Object each : (List<?>) golden.get("probs")) {
            probabilities.add(((Number) each).doubleValue());
        }
        return probabilities;
    }

    private static List<Utterance> utterances(String detector, float[] sound) {
        return utterances(detector, sound, SAMPLE_RATE_HZ);
    }

    private static List<Utterance> utterances(String detector, float[] sound, int sampleRateHz) {
        VadEncoder vad = new VadEncoder();
        Options options =
                Options.of(
                        "encode:vad",
                        vad.options(),
                        Map.of("detector", detector, "sampleRateHz", "" + sampleRateHz),
                        Path.of(""));
        List<Utterance> utterances = new ArrayList<>();
        double[] from = {-1};
        try (Stage<Sample<Tensor>, Sample<Tensor>> stage =
                vad.open(options, name -> model.open())) {
            long sequence = 0;
            for (int at = 0; at < sound.length; at += BLOCK) {
                int count = Math.min(BLOCK, sound.length - at);
                Tensor block = Tensor.allocate(Tensor.Type.FLOAT32, count);
                block.floats().put(0, sound, at, count);
                long nanos = (at + count) * 1_000_000_000L / sampleRateHz;
                stage.push(
                        new Sample<>(TEST, ++sequence, nanos, block, at + count == sound.length),
                        result -> {
                            double to = result.capturedNanos() / 1e9;
                            from[0] = from[0] < 0 ? to - FRAME_SECONDS : from[0];
                            if (result.last()) {
                                utterances.add(new Utterance(from[0], to));
                                from[0] = -1;
                            }
                        });
            }
        }
        return utterances;
    }

    @Test
    void theProbabilitiesAreThoseOfTheReference() throws IOException {
        List<Double> golden = golden();
        float[] sound = sound(wav(TEST));
        double worst = 0;
        try (Session session = model.open()) {
            for (int frame = 0; frame < golden.size(); frame++) {
                Tensor input = session.input("input", 1, CONTEXT + FRAME);
                int start = frame * FRAME - CONTEXT;
                for (int i = 0; i < CONTEXT + FRAME; i++) {
                    input.floats().put(i, start + i < 0 ? 0 : sound[start + i]);
                }
                session.input("sr").longs().put(0, SAMPLE_RATE_HZ);
                session.run();
                double found = session.output("output").floats().get(0);
                worst = Math.max(worst, Math.abs(found - golden.get(frame)));
                assertThat(Math.abs(found - golden.get(frame)))
                        .as("frame " + frame + ", probability " + found)
                        .isLessThanOrEqualTo(TOLERANCE);
            }
        }
        System.out.println("silero-vad: " + golden.size() + " frames, worst difference " + worst);
    }

    @Test
    void bothDetectorsHoldTheSpeechOfTheTestFileAtBothRates() throws IOException {
        float[] sound = sound(wav(TEST));
        // The mean of two neighbours is low-pass enough for a detector.
        float[] half = new float[sound.length / 2];
        for (int i = 0; i < half.length; i++) {
            half[i] = (sound[2 * i] + sound[2 * i + 1]) / 2;
        }
        for (String detector : List.of("silero-vad", "energy")) {
            assertHoldsTheSpeech(detector, utterances(detector, sound));
            assertHoldsTheSpeech(detector, utterances(detector, half, SAMPLE_RATE_HZ / 2));
        }
    }

    private static void assertHoldsTheSpeech(String detector, List<Utterance> found)
            throws IOException {
        List<Double> golden = golden();
        int speech = 0;
        int held = 0;
        for (int frame = 0; frame < golden.size(); frame++) {
            double middle = (frame + 0.5) * FRAME_SECONDS;
            if (golden.get(frame) >= 0.5) {
                speech++;
                held += found.stream().anyMatch(each -> each.holds(middle)) ? 1 : 0;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%s, %s: %s holds %d of %d frames of speech%n",
                detector,
                TEST,
                found,
                held,
                speech);
        assertThat((double) held / speech)
                .as("share of the frames of speech that are in utterances of " + detector)
                .isGreaterThan(detector.equals("energy") ? 0.95 : 0.99);
    }

    @Test
    void spokenCommandsAreFoundByBothDetectors() throws IOException {
        List<Path> clips;
        try (var files = Files.list(DATA.resolve("data/voice"))) {
            clips =
                    files.filter(file -> file.toString().endsWith(".wav"))
                            .filter(file -> !file.endsWith(TEST))
                            .sorted()
                            .collect(Collectors.toList());
        }
        assertThat(clips).isNotEmpty();
        int bySilero = 0;
        int byEnergy = 0;
        double overlap = 0;
        for (Path clip : clips) {
            float[] sound = sound(clip);
            List<Utterance> silero = utterances("silero-vad", sound);
            List<Utterance> energy = utterances("energy", sound);
            bySilero += silero.isEmpty() ? 0 : 1;
            byEnergy += energy.isEmpty() ? 0 : 1;
            overlap += overlap(silero, energy);
        }
        System.out.printf(
                Locale.ROOT,
                "%d clips, speech found by silero-vad in %d, by energy in %d, common time %.1f %%%n",
                clips.size(),
                bySilero,
                byEnergy,
                100 * overlap / clips.size());
        assertThat((double) bySilero / clips.size()).isGreaterThan(0.95);
        assertThat((double) byEnergy / clips.size()).isGreaterThan(0.95);
    }

    /** The time that both found, by the time that one of them did. */
    private static double overlap(List<Utterance> one, List<Utterance> other) {
        int both = 0;
        int any = 0;
        for (double at = 0; at < 30; at += 0.01) {
            double time = at;
            boolean inOne = one.stream().anyMatch(each -> each.holds(time));
            boolean inOther = other.stream().anyMatch(each -> each.holds(time));
            both += inOne && inOther ? 1 : 0;
            any += inOne || inOther ? 1 : 0;
        }
        return any == 0 ? 1 : (double) both / any;
    }
}
