package dev.ganglion.camel.route;

import static dev.ganglion.camel.route.TestHouse.row;
import static dev.ganglion.camel.route.TestHouse.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.camel.route.RouteFiles.State;
import dev.ganglion.camel.word.Replay;
import dev.ganglion.runtime.record.OutcomeLog;
import dev.ganglion.runtime.record.Recording;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is recorded in one house has the same outcome when it is replayed in another. */
class RecordReplayTest {
    private static final TensorSpec ROW = TensorSpec.of("values", Tensor.Type.FLOAT32, "1", 1, 2);
    private static final TensorSpec VALUES =
            TensorSpec.of("values", Tensor.Type.FLOAT32, "1", TensorSpec.ANY);
    private static final String[] TEXTS = {
        "encode:toy-bytes", "infer:letters", "decide:toy-argmax?above=0.9", "act:limited"
    };
    private static final String[] ROWS = {
        "infer:linear", "decide:toy-argmax?above=0.9", "act:limited"
    };

    @TempDir Path folder;
    private final LimitedActuator lamp = new LimitedActuator();
    private final LimitedActuator replayedLamp = new LimitedActuator();
    private TestHouse house;
    private TestHouse other;
    private Path file;

    private TestHouse first(TensorSpec sensed) throws Exception {
        file = folder.resolve("day.jsonl");
        house = new TestHouse(folder.resolve("first"), sensed);
        house.plugins.add(lamp, "test");
        house.plugins.add(new StreamsTest.SignSegmenter(), "test");
        return house;
    }

    @AfterEach
    void close() {
        if (house != null) {
            house.close();
        }
        if (other != null) {
            other.close();
        }
    }

    private void record(String route) {
        house.words.recordings().start(route, file, false);
    }

    private Recording stopped(String route) {
        house.words.recordings().stop(route);
        return Recording.read(file);
    }

    /** Another house, in which nothing but the recording speaks; the route file is the same. */
    private Replay replaying(boolean acts, boolean changed) throws Exception {
        other = new TestHouse(folder.resolve("second"), TensorSpec.TEXT);
        other.plugins.remove(other.sensor);
        other.plugins.add(replayedLamp, "test");
        other.plugins.add(new StreamsTest.SignSegmenter(), "test");
        Replay replay = new Replay(Recording.read(file), acts, changed);
        other.words.replay(replay);
        return replay;
    }

    private Replay replayed(Path route) throws Exception {
        Replay replay = replaying(false, false);
        run(replay, Files.readString(route), route.getFileName().toString());
        return replay;
    }

    private void run(Replay replay, String route, String name) {
        other.loaded(other.write("routes/" + name, route));
        await().atMost(Duration.ofSeconds(30)).until(other.files::ended);
        assertThat(replay.isDone()).isTrue();
    }

    private static void assertEqual(Replay replay) {
        OutcomeLog recorded = OutcomeLog.of(replay.recording());
        assertThat(replay.log().lines()).isEqualTo(recorded.lines()).isNotEmpty();
        assertThat(replay.status()).containsEntry("equal", true).containsEntry("torn", "");
    }

    private Map<String, Object> saidOf(String... request) {
        return house.words
                .recordings()
                .answer(
                        request.length == 2
                                ? Map.of("route", request[0], "to", request[1])
                                : Map.of("route", request[0], "stop", true));
    }

    @Test
    void actionsAndRefusalsOfTheRateAreTheSame() throws Exception {
        Path route = first(TensorSpec.TEXT).running("lights", "sense:hand-fed", TEXTS);
        record("lights");
        for (String text : List.of("+", "-", "+", "x", "?", "--", "+")) {
            house.sensor.put("me", text, true);
        }
        Recording recording = stopped("lights");
        assertThat(recording.size()).isEqualTo(7);
        assertThat(lamp.performed).containsExactly("light_on", "light_off", "light_off");
        assertThat(house.failures).hasSize(1);
        Replay replay = replayed(route);
        assertEqual(replay);
        assertThat(replay.log().lines())
                .hasSize(7)
                .anySatisfy(line -> assertThat(line).contains("every 600000 ms at most"))
                .anySatisfy(line -> assertThat(line).contains("a question mark has no score"));
        assertThat(replay.log().actions()).isEqualTo(3);
        assertThat(replayedLamp.opened).isZero();
    }

    @Test
    void withActTheDeviceIsAsked() throws Exception {
        Path route = first(TensorSpec.TEXT).running("lights", "sense:hand-fed", TEXTS);
        record("lights");
        house.sensor.put("me", "+", true);
        stopped("lights");
        Replay replay = replaying(true, false);
        run(replay, Files.readString(route), "lights.camel.yaml");
        assertEqual(replay);
        assertThat(replayedLamp.performed).containsExactly("light_on");
    }

    @Test
    void anUtteranceThatIsDecidedEarlyIsTheSame() throws Exception {
        Path route = first(ROW).running("lights", "sense:hand-fed", ROWS);
        record("lights");
        for (int i = 0; i < 3; i++) {
            house.sensor.put("me", row(0.1f, 0), false);
            house.sensor.put("you", row(0, 9), false);
            house.sensor.put("me", row(0, 9), false);
            house.sensor.put("me", row(9, 0), true);
            house.sensor.put("you", row(9, 0), true);
        }
        stopped("lights");
        assertThat(lamp.performed).hasSize(6);
        assertEqual(replayed(route));
    }

    @Test
    void whatTheDeviceRefusedOrFailedAtIsReplayedAsItWas() throws Exception {
        Path route = first(TensorSpec.TEXT).running("lights", "sense:hand-fed", TEXTS);
        record("lights");
        lamp.failWith(Kind.INPUT);
        house.sensor.put("me", "-", true);
        lamp.failWith(Kind.RETRY);
        house.sensor.put("me", "-", true);
        lamp.failure = null;
        house.sensor.put("me", "-", true);
        stopped("lights");
        Replay replay = replayed(route);
        assertEqual(replay);
        assertThat(replay.log().lines().get(0)).contains("\"refused\":\"the lamp says INPUT\"");
        assertThat(replay.log().lines().get(1)).contains("\"failed\":\"the lamp says RETRY\"");
        assertThat(replay.log().lines().get(2)).doesNotContain("the lamp says");
    }

    @Test
    void threadsThatShareARateHaveTheSameTurns() throws Exception {
        Path route =
                first(TensorSpec.of("value", Tensor.Type.FLOAT32, "1", 1))
                        .running(
                                "slow",
                                "sense:hand-fed?threads=4",
                                "infer:slow",
                                "decide:each-step?tensor=echo&above=0",
                                "act:limited");
        record("slow");
        house.engine.slowGate().hold();
        CompletableFuture<?>[] said = new CompletableFuture<?>[8];
        for (int i = 0; i < said.length; i++) {
            float value = i;
            said[i] =
                    CompletableFuture.runAsync(
                            () -> house.sensor.put("stream" + value, values(value), true),
                            task -> new Thread(task).start());
        }
        house.engine.slowGate().awaitWaiting(said.length);
        house.engine.slowGate().open();
        CompletableFuture.allOf(said).get(30, TimeUnit.SECONDS);
        stopped("slow");
        assertThat(lamp.performed).containsExactly("step");
        assertEqual(replayed(route));
    }

    @Test
    void aSegmenterFindsTheSameUtterances() throws Exception {
        Path route =
                first(VALUES)
                        .running(
                                "heard",
                                "sense:hand-fed",
                                "encode:signs?broken=true",
                                "infer:recurrent",
                                "decide:each-step?tensor=level");
        record("heard");
        house.sensor.put("me", values(1, 2, -1, 3), false);
        house.sensor.put("me", values(13), false);
        house.sensor.put("me", values(4, -1), false);
        house.sensor.put("me", values(5), true);
        stopped("heard");
        Replay replay = replayed(route);
        assertEqual(replay);
        assertThat(replay.log().lines())
                .anySatisfy(line -> assertThat(line).contains("13 is refused"));
    }

    @Test
    void messagesThatACamelComponentBringsAreReplayedAsTheirBodies() throws Exception {
        first(TensorSpec.TEXT);
        String yaml =
                """
                - route:
                    id: timed
                    from:
                      uri: timer:often?period=1&delay=1&repeatCount=5
                      steps:
                        - setBody:
                            constant: "+"
                        - to: encode:toy-bytes
                        - to: infer:letters
                        - to: decide:toy-argmax?above=0.9
                        - to: act:limited
                        - setBody:
                            constant: "done"
                        - to: file:OUTSIDE
                """
                        .replace("OUTSIDE", folder.resolve("outside").toString());
        house.words.recordings().first(file);
        house.loaded(house.write("routes/timed.camel.yaml", yaml));
        await().until(() -> house.reports.size() == 5);
        assertThat(stopped("timed").header().input()).isNull();
        assertThat(folder.resolve("outside").toFile().list()).isNotEmpty();
        Files.walk(folder.resolve("outside"))
                .filter(Files::isRegularFile)
                .forEach(each -> each.toFile().delete());
        Replay replay = replaying(false, false);
        run(replay, yaml, "timed.camel.yaml");
        assertEqual(replay);
        assertThat(replay.log().lines()).hasSize(5);
        assertThat(folder.resolve("outside").toFile().list()).isEmpty();
    }

    @Test
    void textAndBytesOfAComponentAreReplayed() throws Exception {
        first(TensorSpec.TEXT);
        Files.createDirectories(folder.resolve("in"));
        Files.writeString(folder.resolve("in/1"), "+");
        Files.write(folder.resolve("in/2"), new byte[] {(byte) 0xff, '-'});
        Files.writeString(folder.resolve("in/3"), "-");
        Path route =
                house.route(
                        "files",
                        "\"file:"
                                + folder.resolve("in")
                                + "?noop=true&initialDelay=0&sortBy=file:name\"",
                        TEXTS);
        house.words.recordings().first(file);
        house.loaded(route);
        await().until(() -> house.reports.size() + house.failures.size() == 3);
        assertThat(stopped("files").size()).isEqualTo(3);
        assertThat(house.failures).hasSize(1);
        assertEqual(replayed(route));
    }

    @Test
    void whatGoesOnBehindAQueueIsTheSame() throws Exception {
        first(TensorSpec.TEXT);
        String yaml =
                """
                - route:
                    id: head
                    from:
                      uri: sense:hand-fed
                      steps:
                        - to: seda:between
                - route:
                    id: tail
                    from:
                      uri: seda:between
                      steps:
                        - to: encode:toy-bytes
                        - to: infer:letters
                        - to: decide:toy-argmax?above=0.9
                        - to: act:limited
                """;
        house.loaded(house.write("routes/two.camel.yaml", yaml));
        assertThat(saidOf("tail", file.toString()))
                .containsEntry("ok", false)
                .extractingByKey("sentence")
                .asString()
                .contains("record the route that begins with a sensor");
        record("head");
        for (int i = 0; i < 20; i++) {
            house.sensor.put("me", i % 2 == 0 ? "+" : "-", true);
        }
        Recording recording = stopped("head");
        assertThat(recording.outcomes()).hasSize(20);
        Replay replay = replaying(false, false);
        run(replay, yaml, "two.camel.yaml");
        assertEqual(replay);
    }

    @Test
    void aChangedDeciderIsRefusedAndShowsADifferenceWhenThatIsWanted() throws Exception {
        Path route = first(TensorSpec.TEXT).running("lights", "sense:hand-fed", TEXTS);
        record("lights");
        house.sensor.put("me", "+", true);
        house.sensor.put("me", "-", true);
        stopped("lights");
        String changed = Files.readString(route).replace("above=0.9", "above=1");
        replaying(false, false);
        Path written = other.write("routes/lights.camel.yaml", changed);
        other.files.load(written);
        assertThat(other.status(written).state()).isEqualTo(State.BROKEN);
        assertThat(other.status(written).sentence())
                .contains("the route file had the SHA-256")
                .contains("--changed");
        other.close();
        other = new TestHouse(folder.resolve("third"), TensorSpec.TEXT);
        other.plugins.add(replayedLamp, "test");
        Replay replay = new Replay(Recording.read(file), false, true);
        other.words.replay(replay);
        run(replay, changed, "lights.camel.yaml");
        assertThat(replay.status())
                .containsEntry("equal", false)
                .containsEntry("actions", 0L)
                .extractingByKeys("recorded", "replayed")
                .satisfiesExactly(
                        recorded -> assertThat(recorded.toString()).contains("\"sure\":true"),
                        now -> assertThat(now.toString()).contains("\"sure\":false"));
    }

    @Test
    void anotherVersionOfTheModelIsRefusedAndBothAreNamed() throws Exception {
        Path route = first(TensorSpec.TEXT).running("lights", "sense:hand-fed", TEXTS);
        record("lights");
        house.sensor.put("me", "+", true);
        stopped("lights");
        Replay replay = replaying(false, false);
        Path model = other.folder.resolve("models/letters");
        Files.move(model.resolve("1"), model.resolve("2"));
        Path card = model.resolve("2/model.yaml");
        Files.writeString(card, Files.readString(card).replace("\"1\"", "\"2\""));
        Path written = other.write("routes/lights.camel.yaml", Files.readString(route));
        other.files.load(written);
        assertThat(other.status(written).sentence())
                .contains("it was recorded with version 1 with SHA-256")
                .contains("and version 2 with SHA-256");
        assertThat(replay.status()).containsEntry("done", false);
        assertThat(replay.status().get("sentence").toString()).contains("model 'letters'");
    }

    @Test
    void anotherRouteIsRefusedAndBothAreNamed() throws Exception {
        first(TensorSpec.TEXT).running("lights", "sense:hand-fed", TEXTS);
        record("lights");
        stopped("lights");
        replaying(false, false);
        Path written = other.route("kitchen", "sense:hand-fed", TEXTS);
        other.files.load(written);
        assertThat(other.status(written).sentence())
                .contains("it is a recording of the route 'lights', and ")
                .contains("has: kitchen");
    }

    @Test
    void aMissingModelKeepsTheReplayWaiting() throws Exception {
        Path route = first(TensorSpec.TEXT).running("lights", "sense:hand-fed", TEXTS);
        record("lights");
        stopped("lights");
        replaying(false, false);
        Files.move(other.folder.resolve("models/letters"), folder.resolve("away"));
        Path written = other.write("routes/lights.camel.yaml", Files.readString(route));
        other.files.load(written);
        assertThat(other.status(written).state()).isEqualTo(State.WAITING);
        assertThat(other.status(written).sentence()).contains("waits for the model 'letters'");
    }

    @Test
    void anAddressThatReachesOutsideElsewhereIsRefused() throws Exception {
        first(TensorSpec.TEXT);
        String yaml =
                """
                - route:
                    id: tapped
                    from:
                      uri: sense:hand-fed
                      steps:
                        - wireTap:
                            uri: stub:outside
                        - to: encode:toy-bytes
                        - to: infer:letters
                        - to: decide:toy-argmax?above=0.9
                """;
        house.loaded(house.write("routes/tapped.camel.yaml", yaml));
        record("tapped");
        stopped("tapped");
        replaying(false, false);
        Path written = other.write("routes/tapped.camel.yaml", yaml);
        other.files.load(written);
        assertThat(other.status(written).sentence())
                .contains("'stub:outside' reaches outside in the middle of the route")
                .contains("--act");
    }

    @Test
    void theRouteItselfNamesItsRecording() throws Exception {
        first(TensorSpec.TEXT);
        Path route = house.running("lights", "sense:hand-fed?record=own.jsonl", TEXTS);
        house.sensor.put("me", "+", true);
        house.files.remove(route);
        Recording recording = Recording.read(route.resolveSibling("own.jsonl"));
        assertThat(recording.size()).isEqualTo(1);
        assertThat(recording.torn()).isEmpty();
        // It is there already now: that is said, and the route runs without.
        house.loaded(route);
        assertThat(house.news)
                .anySatisfy(
                        news ->
                                assertThat(news.sentence())
                                        .contains("own.jsonl is there already")
                                        .contains("the route runs and is not recorded"));
        house.sensor.put("me", "-", true);
        assertThat(lamp.performed).containsExactly("light_on", "light_off");
    }

    @Test
    void theCommandBeginsAndEndsARecordingAndSaysHowFarItIs() throws Exception {
        first(TensorSpec.TEXT).running("lights", "sense:hand-fed", TEXTS);
        assertThat(saidOf("lights", file.toString()))
                .containsEntry("ok", true)
                .containsEntry("recording", true)
                .containsEntry("inputs", 0L);
        house.sensor.put("me", "+", true);
        assertThat(saidOf("lights", folder.resolve("second.jsonl").toString()))
                .containsEntry("ok", false)
                .containsEntry(
                        "sentence",
                        "route 'lights' is recorded already, into "
                                + file
                                + "; stop that with 'ganglion record lights --stop'");
        assertThat(saidOf("lights"))
                .containsEntry("ok", true)
                .containsEntry("recording", false)
                .containsEntry("inputs", 1L);
        assertThat(saidOf("lights", file.toString()))
                .containsEntry("ok", false)
                .extractingByKey("sentence")
                .asString()
                .contains("is there already");
        assertThat(saidOf("kitchen", file.toString()))
                .containsEntry("ok", false)
                .containsEntry("sentence", "no route 'kitchen' runs; there are: lights");
        assertThat(house.words.recordings().answer(Map.of("route", "lights")))
                .containsEntry("inputs", 1L);
    }

    @Test
    void aLimitEndsTheRecordingAndTheRouteGoesOn() throws Exception {
        first(TensorSpec.TEXT).running("lights", "sense:hand-fed", TEXTS);
        house.words.recordings().limitMegabytes(0);
        record("lights");
        house.sensor.put("me", "+", true);
        await().until(
                        () ->
                                !house.news.stream()
                                        .filter(n -> n.state().equals("recording"))
                                        .toList()
                                        .isEmpty());
        assertThat(house.news.get(house.news.size() - 1).sentence())
                .contains(
                        "it reached its limit of 0 MB (ganglion.recordMegabytes); the route goes on");
        house.sensor.put("me", "-", true);
        assertThat(lamp.performed).containsExactly("light_on", "light_off");
        assertThat(stopped("lights").size()).isZero();
    }

    @Test
    void aPlaceholderIsRecordedUnlessItIsASecret() throws Exception {
        first(TensorSpec.TEXT).running("lights", "sense:hand-fed", TEXTS);
        house.words.placeholders(Map.of("input", "a.txt", "mqttPassword", "secret"));
        record("lights");
        assertThat(stopped("lights").header().set()).isEqualTo(Map.of("input", "a.txt"));
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
                .doesNotContain("secret");
        assertThatThrownBy(() -> record("lights")).hasMessageContaining("is there already");
    }
}
