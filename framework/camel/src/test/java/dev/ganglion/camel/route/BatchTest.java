package dev.ganglion.camel.route;

import static dev.ganglion.camel.route.TestHouse.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.camel.route.RouteFiles.State;
import dev.ganglion.runtime.report.Observer;
import dev.ganglion.runtime.report.Report;
import dev.ganglion.testkit.toy.ToyModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams whose samples wait make their steps at once: {@code infer:…?batch=}. */
class BatchTest {
    private static final TensorSpec VALUE =
            TensorSpec.of("values", Tensor.Type.FLOAT32, "1", TensorSpec.ANY);
    private static final TensorSpec ROW = TensorSpec.of("values", Tensor.Type.FLOAT32, "1", 1, 2);
    private static final String LEVEL = "decide:each-step?tensor=level";
    private static final String SENSE = "sense:hand-fed?queue=1000&whenFull=block";

    @TempDir Path folder;
    private TestHouse house;

    @AfterEach
    void close() {
        if (house != null) {
            house.close();
            assertThat(house.engine.openSessions()).isZero();
            assertThat(house.engine.usesAfterFree()).isZero();
        }
    }

    /** Holds the thread of the route while a decision is reported, so that samples wait. */
    private static final class Hold implements Observer, AutoCloseable {
        private final TestHouse house;
        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        Hold(TestHouse house) throws InterruptedException {
            this.house = house;
            house.words.add(this);
            house.sensor.offer("holding", values(0), true);
            assertThat(held.await(30, TimeUnit.SECONDS)).isTrue();
        }

        @Override
        public void decided(Report report) {
            held.countDown();
            try {
                assertThat(open.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            open.countDown();
            house.words.remove(this);
        }
    }

    private TestHouse house() throws Exception {
        mean("1", 0.5f);
        return new TestHouse(folder, VALUE);
    }

    /** Installs a version of the model {@code mean}, a leaky mean, without a card. */
    private ModelId mean(String version, float decay) throws Exception {
        ModelId id = new ModelId("mean", version);
        Path model = Files.createDirectories(folder.resolve("models/mean/" + version));
        ModelPackage written = ToyModels.recurrent(model, id, decay);
        Files.move(written.weightsFile(), model.resolve("model." + written.format()));
        return id;
    }

    private TestHouse running(String... to) throws Exception {
        house = house();
        house.running("batched", SENSE, to);
        return house;
    }

    private void awaitReports(int count) {
        await().untilAsserted(
                        () ->
                                assertThat(house.reports.size() + house.failures.size())
                                        .as(house.failures.toString())
                                        .isGreaterThanOrEqualTo(count));
    }

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

    private Object last(String stream) {
        return house.reports.stream()
                .filter(report -> report.stream().equals(stream))
                .reduce((a, b) -> b)
                .orElseThrow()
                .decision()
                .parameters()
                .get("value");
    }

    @Test
    void samplesThatWaitMakeTheirStepsAtOnceUpToTheBatch() throws Exception {
        running("infer:mean?batch=4", LEVEL);
        try (Hold hold = new Hold(house)) {
            for (int i = 1; i <= 9; i++) {
                house.sensor.offer("stream " + i, values(2 * i), false);
            }
        }
        awaitReports(10);
        assertThat(house.engine.together()).as("the ninth is alone").containsExactly(4, 4);
        assertThat(house.reports)
                .extracting(Report::stream)
                .as("in the order in which they came")
                .containsExactly(
                        "holding",
                        "stream 1",
                        "stream 2",
                        "stream 3",
                        "stream 4",
                        "stream 5",
                        "stream 6",
                        "stream 7",
                        "stream 8",
                        "stream 9");
        for (int i = 1; i <= 9; i++) {
            assertThat(last("stream " + i)).isEqualTo((double) i);
        }
    }

    @Test
    void aSampleThatIsAloneWaitsForNoOther() throws Exception {
        running("infer:mean?batch=256", LEVEL);
        house.sensor.offer("me", values(2), false);
        awaitReports(1);
        house.sensor.put("me", values(2), true);
        awaitReports(2);
        assertThat(house.engine.together()).isEmpty();
    }

    @Test
    void aStreamThatWaitsTwiceGetsItsStepsInOrder() throws Exception {
        running("infer:mean?batch=16", LEVEL);
        try (Hold hold = new Hold(house)) {
            for (String each : List.of("a8", "b4", "a0", "b2", "c6", "c0", "c1")) {
                house.sensor.offer(each.substring(0, 1), values(each.charAt(1) - '0'), false);
            }
        }
        awaitReports(8);
        assertThat(house.engine.together()).containsExactly(2, 3);
        assertThat(List.of(last("a"), last("b"), last("c"))).containsExactly(2.0, 2.0, 1.25);
        assertThat(house.failures).isEmpty();
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
    void anUtteranceThatIsDecidedStandsNoMore() throws Exception {
        running("infer:mean?batch=4", "decide:each-step?tensor=level&above=3");
        try (Hold hold = new Hold(house)) {
            for (int i = 0; i < 3; i++) {
                house.sensor.offer("a", values(8), i == 2);
                house.sensor.offer("b", values(1), i == 2);
            }
        }
        await().until(() -> house.ended.size() == 2);
        assertThat(house.engine.together()).containsExactly(2);
        assertThat(house.ended).containsExactlyInAnyOrder("1 of 3", "3 of 3");
    }

    @Test
    void aBatchThatFailsFailsEachOfItsMessagesAndTheNextOnesGoOn() throws Exception {
        house = house();
        house.plugins.remove(house.engine);
        house.plugins.add(new BreaksTogether(house.engine), "test");
        house.running("batched", SENSE, "infer:mean?batch=4", LEVEL);
        house.sensor.put("a", values(8), false);
        try (Hold hold = new Hold(house)) {
            for (String stream : List.of("a", "b", "c")) {
                house.sensor.offer(stream, values(2), false);
            }
        }
        awaitReports(5);
        assertThat(house.failures)
                .hasSize(3)
                .containsOnly(
                        "model mean@1 failed in a step of 3 streams at once (forced end);"
                                + " without batch= on infer: each of them fails by itself");
        house.sensor.put("a", values(2), true);
        assertThat(last("a")).as("a new utterance").isEqualTo(1.0);
        assertThat(house.words.idle()).isTrue();
    }

    /** An engine whose steps fail when several sessions make them. */
    private record BreaksTogether(Engine good) implements Engine {
        @Override
        public String name() {
            return "breaks-together";
        }

        @Override
        public Set<String> formats() {
            return good.formats();
        }

        @Override
        public Model load(ModelPackage source, Options options) {
            Model model = good.load(source, Options.of("test", good.options(), Map.of(), null));
            return new Model() {
                @Override
                public List<TensorSpec> inputs() {
                    return model.inputs();
                }

                @Override
                public List<TensorSpec> outputs() {
                    return model.outputs();
                }

                @Override
                public Session open() {
                    return model.open();
                }

                @Override
                public String onlyAlone() {
                    return model.onlyAlone();
                }

                @Override
                public void runTogether(List<Session> sessions) {
                    throw new GanglionException(Kind.REOPEN, "forced end");
                }

                @Override
                public void close() {
                    model.close();
                }
            };
        }
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
            await().until(() -> house.sensor.open() == 0 || !stopping.isDone());
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
        house.host.replace(mean("2", 0.75f));
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

    @Test
    void aModelThatMakesStepsOneByOneIsRefusedWithTheReason() throws Exception {
        house = new TestHouse(folder, ROW);
        Path file =
                house.route(
                        "lights", "sense:hand-fed", "infer:linear?batch=4", "decide:toy-argmax");
        house.files.load(file);
        assertThat(house.status(file).state()).isEqualTo(State.BROKEN);
        assertThat(house.status(file).sentence())
                .startsWith(
                        file
                                + ":6: infer:linear asks for batch=4, but model linear@1 makes the"
                                + " steps of streams one by one: ");
    }
}
