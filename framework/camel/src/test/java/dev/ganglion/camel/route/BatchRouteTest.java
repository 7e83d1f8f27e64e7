package dev.ganglion.camel.route;

import static dev.ganglion.camel.route.TestHouse.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.camel.word.Replay;
import dev.ganglion.runtime.record.OutcomeLog;
import dev.ganglion.runtime.record.Recording;
import dev.ganglion.runtime.report.Report;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Routes with a batch decide what they decide without, however the route goes on. */
class BatchRouteTest extends Batches {

    /** What was decided about each stream of a route, in order. */
    private Map<String, List<String>> byStream(String route) {
        return house.reports.stream()
                .filter(report -> report.route().equals(route))
                .collect(
                        Collectors.groupingBy(
                                Report::stream,
                                Collectors.mapping(
                                        report ->
                                                report.sequence()
                                                        + ": "
                                                        + report.decision().parameters()
                                                        + " "
                                                        + report.stepsSpent()
                                                        + " of "
                                                        + report.stepsTotal(),
                                        Collectors.toList())));
    }

    @Test
    void whatIsRecordedWithABatchIsReplayedOneByOneWithTheSameOutcome() throws Exception {
        running("infer:mean?batch=4", LEVEL);
        Path file = folder.resolve("day.jsonl");
        house.words.recordings().start("batched", file, false);
        Random random = new Random(6);
        try (Hold hold = new Hold(house)) {
            for (int i = 0; i < 60; i++) {
                house.sensor.offer(
                        "stream " + random.nextInt(9),
                        values(random.nextFloat()),
                        random.nextInt(4) == 0);
            }
        }
        awaitReports(61);
        house.words.recordings().stop("batched");
        assertThat(house.engine.together()).contains(4);
        Recording recording = Recording.read(file);
        assertThat(OutcomeLog.of(recording).lines()).hasSize(61);
        Replay replay = new Replay(recording, false, false);
        try (TestHouse other = house(folder.resolve("second"))) {
            other.plugins.remove(other.sensor);
            other.words.replay(replay);
            other.running("batched", SENSE, "infer:mean?batch=4", LEVEL);
            await().until(other.files::ended);
            assertThat(other.engine.together()).isEmpty();
        }
        assertThat(replay.isDone()).isTrue();
        assertThat(replay.log().lines()).isEqualTo(OutcomeLog.of(recording).lines());
    }

    @Test
    void withAndWithoutBatchTheDecisionsAreTheSame() throws Exception {
        running("infer:mean?batch=8", "decide:each-step?tensor=level&above=0.9");
        house.running("plain", SENSE, "infer:mean", "decide:each-step?tensor=level&above=0.9");
        feed(new Random(3), false);
    }

    @Test
    void messagesOfSeveralStepsAndSeveralThreadsAreDecidedTheSame() throws Exception {
        house = house();
        String several = SENSE + "&threads=3";
        house.running("batched", several, "encode:toy-eleven", "infer:mean?batch=8", LEVEL);
        house.running("plain", several, "encode:toy-eleven", "infer:mean", LEVEL);
        feed(new Random(4), false);
    }

    @Test
    void utterancesThatASegmenterFoundAreDecidedTheSame() throws Exception {
        house = house();
        house.plugins.add(new StreamsTest.SignSegmenter(), "test");
        house.running("batched", SENSE, "encode:signs", "infer:mean?batch=8", LEVEL);
        house.running("plain", SENSE, "encode:signs", "infer:mean", LEVEL);
        feed(new Random(5), true);
    }

    private void feed(Random random, boolean several) {
        for (int i = 0; i < 2_000; i++) {
            float[] some = new float[several ? 1 + random.nextInt(4) : 1];
            for (int j = 0; j < some.length; j++) {
                some[j] = random.nextFloat() - (several ? 0.3f : 0);
            }
            house.sensor.offer(
                    "stream " + random.nextInt(20), values(some), random.nextInt(6) == 0);
        }
        for (int i = 0; i < 20; i++) {
            house.sensor.offer("stream " + i, values(0.5f), true);
        }
        house.sensor.caughtUp();
        await().until(() -> house.words.idle() && house.files.caughtUp());
        assertThat(house.failures).isEmpty();
        assertThat(byStream("batched")).hasSize(20).isEqualTo(byStream("plain"));
        assertThat(house.engine.together()).isNotEmpty();
    }

    @Test
    void aRouteThatIsStoppedInTheMiddleHandlesWhatWaits() throws Exception {
        running("infer:mean?batch=4", LEVEL);
        CompletableFuture<Void> stopping;
        try (Hold hold = new Hold(house)) {
            for (int i = 1; i <= 6; i++) {
                house.sensor.offer("stream " + i, values(2), false);
            }
            stopping =
                    CompletableFuture.runAsync(
                            () -> house.files.remove(folder.resolve("routes/batched.camel.yaml")));
            await().until(() -> house.sensor.open() == 0);
        }
        stopping.get(30, TimeUnit.SECONDS);
        assertThat(house.reports).hasSize(7);
        assertThat(house.failures).isEmpty();
        assertThat(house.words.idle()).isTrue();
        assertThat(house.engine.openSessions()).isZero();
    }

    @Test
    void aModelThatIsReplacedServesItsUtterancesToTheirEnds() throws Exception {
        running("infer:mean?batch=8", LEVEL);
        for (String stream : List.of("a", "b")) {
            house.sensor.put(stream, values(8), false);
        }
        house.host.replace(mean(folder, "2", 0.75f));
        try (Hold hold = new Hold(house)) {
            for (String stream : List.of("a", "c", "b", "d")) {
                house.sensor.offer(stream, values(8), true);
            }
        }
        awaitReports(7);
        assertThat(house.engine.together()).containsExactly(2, 2);
        assertThat(List.of(last("a"), last("b"))).containsExactly(6.0, 6.0);
        assertThat(List.of(last("c"), last("d"))).containsExactly(2.0, 2.0);
    }

    @Test
    void messagesThatTheRouteHandsToOtherThreadsGoOnAlone() throws Exception {
        house = house();
        Path file =
                house.write(
                        "routes/batched.camel.yaml",
                        """
                        - route:
                            id: batched
                            from:
                              uri: sense:hand-fed?queue=1000&whenFull=block
                              steps:
                                - threads:
                                    poolSize: 2
                                - to: infer:mean?batch=4
                                - to: decide:each-step?tensor=level
                        """);
        house.loaded(file);
        for (int i = 0; i < 200; i++) {
            house.sensor.offer("stream " + i % 3, values(i), i > 196);
        }
        awaitReports(200);
        assertThat(house.failures).isEmpty();
        assertThat(house.engine.together()).isEmpty();
        for (String stream : List.of("stream 0", "stream 1", "stream 2")) {
            assertThat(house.reports)
                    .filteredOn(report -> report.stream().equals(stream))
                    .extracting(Report::sequence)
                    .isSorted();
        }
    }

    @Test
    void whatASampleHeldIsThereAfterTheStepAndMayGoThroughAnotherModel() throws Exception {
        house = house();
        Path file =
                house.write(
                        "routes/batched.camel.yaml",
                        """
                        - route:
                            id: batched
                            from:
                              uri: sense:hand-fed?queue=1000&whenFull=block
                              steps:
                                - setHeader:
                                    name: sensed
                                    simple: "${body}"
                                - to: infer:mean?batch=8
                                - to: decide:each-step?tensor=level
                                - setBody:
                                    simple: "${header.sensed}"
                                - to: infer:slow?batch=3
                                - to: decide:each-step?tensor=echo
                        """);
        house.loaded(file);
        try (Hold hold = new Hold(house)) {
            for (int i = 0; i < 100; i++) {
                house.sensor.offer("stream " + i % 11, values(i), i % 3 == 0);
            }
        }
        awaitReports(101);
        assertThat(house.failures).isEmpty();
        for (int i = 0; i < 11; i++) {
            String stream = "stream " + i;
            assertThat(house.reports)
                    .filteredOn(report -> report.stream().equals(stream))
                    .extracting(report -> report.decision().parameters().get("value"))
                    .containsExactlyElementsOf(
                            IntStream.iterate(i, n -> n < 100, n -> n + 11)
                                    .mapToObj(n -> (Object) (double) n)
                                    .toList());
        }
        assertThat(house.engine.together()).contains(8, 3).allMatch(size -> size <= 8);
    }

    @Test
    void copiesOfAMessageGoOnAlone() throws Exception {
        house = house();
        Path file =
                house.write(
                        "routes/batched.camel.yaml",
                        """
                        - route:
                            id: batched
                            from:
                              uri: sense:hand-fed?queue=1000&whenFull=block
                              steps:
                                - multicast:
                                    steps:
                                      - pipeline:
                                          steps:
                                            - to: infer:mean?batch=4
                                            - to: decide:each-step?tensor=level
                                      - pipeline:
                                          steps:
                                            - to: infer:slow?batch=4
                                            - to: decide:each-step?tensor=echo
                        """);
        house.loaded(file);
        for (int i = 0; i < 50; i++) {
            house.sensor.offer("stream " + i % 5, values(i), true);
        }
        awaitReports(100);
        assertThat(house.failures).isEmpty();
        assertThat(house.engine.together()).isEmpty();
    }
}
