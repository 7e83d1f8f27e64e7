package dev.ganglion.camel.route;

import static dev.ganglion.camel.route.TestHouse.row;
import static dev.ganglion.camel.route.TestHouse.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.encode.Segmenter;
import dev.ganglion.api.infer.Session;
import dev.ganglion.camel.route.RouteFiles.State;
import dev.ganglion.runtime.report.Report;
import dev.ganglion.testkit.toy.HandFedSensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Utterances of several samples: how they begin, are decided early, and end. */
class StreamsTest {
    private static final TensorSpec ROW = TensorSpec.of("values", Tensor.Type.FLOAT32, "1", 1, 2);
    private static final TensorSpec VALUES =
            TensorSpec.of("values", Tensor.Type.FLOAT32, "1", TensorSpec.ANY);
    private static final String SURE = "decide:toy-argmax?above=0.9";

    @TempDir Path folder;
    private TestHouse house;

    @AfterEach
    void close() {
        if (house != null) {
            house.close();
        }
    }

    private TestHouse rows() throws Exception {
        house = new TestHouse(folder, ROW);
        return house;
    }

    /** Opens an utterance at a positive value, closes it at a negative one. */
    static class SignSegmenter implements Segmenter {
        private int open;

        @Override
        public String name() {
            return "signs";
        }

        @Override
        public List<Parameter> options() {
            return List.of(Parameter.flag("broken").withDefault("false"));
        }

        @Override
        public TensorSpec input(Options options) {
            return VALUES;
        }

        @Override
        public TensorSpec output(Options options) {
            return TensorSpec.of("values", Tensor.Type.FLOAT32, "1", 1);
        }

        @Override
        public Stage<Sample<Tensor>, Sample<Tensor>> open(
                Options options, Function<String, Session> models) {
            open++;
            return new Stage<>() {
                private Sample<Tensor> held;
                private long sequence;

                @Override
                public void push(Sample<Tensor> item, Consumer<? super Sample<Tensor>> out) {
                    for (int i = 0; i < item.value().elements(); i++) {
                        float value = item.value().floats().get(i);
                        if (options.flag("broken") && value == 13) {
                            throw new GanglionException(Kind.INPUT, "encode:signs: 13 is refused");
                        }
                        if (value <= 0) {
                            give(true, out);
                        } else {
                            give(false, out);
                            held =
                                    new Sample<>(
                                            item.stream(),
                                            sequence++,
                                            item.capturedNanos(),
                                            values(value),
                                            false);
                        }
                    }
                }

                private void give(boolean last, Consumer<? super Sample<Tensor>> out) {
                    Sample<Tensor> before = held;
                    held = null;
                    if (before != null) {
                        out.accept(
                                new Sample<>(
                                        before.stream(),
                                        before.sequence(),
                                        before.capturedNanos(),
                                        before.value(),
                                        last));
                    }
                }

                @Override
                public void flush(Consumer<? super Sample<Tensor>> out) {
                    give(true, out);
                }

                @Override
                public void close() {
                    open--;
                }
            };
        }
    }

    private SignSegmenter segmented(String segmenter) throws Exception {
        house = new TestHouse(folder, VALUES);
        SignSegmenter signs = new SignSegmenter();
        house.plugins.add(signs, "test");
        house.running(
                "guest",
                "sense:hand-fed",
                segmenter,
                "infer:recurrent",
                "decide:each-step?tensor=level");
        return signs;
    }

    @Test
    void anEarlyExitLastsToTheEndOfTheUtterance() throws Exception {
        rows().running("lights", "sense:hand-fed", "infer:linear", SURE);
        house.sensor.put("me", row(0, 0), false);
        house.sensor.put("me", row(9, 0), false);
        house.sensor.put("me", row(0, 9), false);
        house.sensor.put("me", row(0, 9), false);
        assertThat(house.decided()).containsExactly("light_on");
        assertThat(house.ended).as("it goes on").isEmpty();
        house.sensor.put("me", row(0, 9), true);
        assertThat(house.decided()).containsExactly("light_on");
        assertThat(house.ended).containsExactly("2 of 5");
        house.sensor.put("me", row(0, 9), false);
        assertThat(house.decided()).as("the next begins").containsExactly("light_on", "light_off");
    }

    @Test
    void aDecisionWithinAnUtteranceSaysWhatWasSpentAndNotYetHowLongItIs() throws Exception {
        rows().running("lights", "sense:hand-fed", "infer:linear", SURE);
        house.sensor.put("me", row(0, 0), false);
        house.sensor.put("me", row(9, 0), false);
        Report report = house.reports.get(0);
        assertThat(report.stepsSpent()).isEqualTo(2);
        assertThat(report.stepsTotal()).isZero();
        assertThat(report.heardNanos()).isPositive();
    }

    @Test
    void theFinalPassKnowsHowLongTheUtteranceWas() throws Exception {
        rows().running("lights", "sense:hand-fed", "infer:linear", SURE);
        house.sensor.put("me", row(0, 0), false);
        house.sensor.put("me", row(0.1f, 0), true);
        assertThat(house.reports).hasSize(1);
        Report report = house.reports.get(0);
        assertThat(report.decision().sure()).isFalse();
        assertThat(report.stepsSpent()).isEqualTo(2);
        assertThat(report.stepsTotal()).isEqualTo(2);
        assertThat(house.ended).as("nobody waits for it").isEmpty();
    }

    @Test
    void whoWatchesAStreamIsAskedAboutEachStepWhateverWasSure() throws Exception {
        rows();
        house.plugins.add(
                new EachStepDecider() {
                    @Override
                    public String name() {
                        return "watch";
                    }

                    @Override
                    public boolean goesOn(Options options) {
                        return true;
                    }
                },
                "test");
        house.running("lights", "sense:hand-fed", "infer:linear", "decide:watch?above=1");
        house.sensor.put("me", row(9, 0), false);
        house.sensor.put("me", row(0, 0), false);
        house.sensor.put("me", row(9, 0), true);
        assertThat(house.reports)
                .extracting(r -> r.decision().sure() + " " + r.stepsSpent() + "/" + r.stepsTotal())
                .containsExactly("true 1/1", "false 1/1", "true 1/1");
        assertThat(house.ended).isEmpty();
    }

    @Test
    void oneTraceLeadsFromTheFirstSampleToTheAction() throws Exception {
        rows().running("lights", "sense:hand-fed", "infer:linear", "decide:each-step");
        house.sensor.put("me", row(0, 0), false);
        house.sensor.put("you", row(0, 0), false);
        house.sensor.put("me", row(1, 0), true);
        house.sensor.put("me", row(1, 0), true);
        List<String> traces = house.reports.stream().map(Report::trace).toList();
        assertThat(traces).hasSize(4).doesNotContain("");
        assertThat(traces.get(2)).as("the same utterance").isEqualTo(traces.get(0));
        assertThat(traces.get(1)).as("another stream").isNotEqualTo(traces.get(0));
        assertThat(traces.get(3)).as("the next utterance").isNotEqualTo(traces.get(0));
    }

    @Test
    void afterItsRefractoryTimeAStreamThatNeverEndsIsDecidedAnew() throws Exception {
        rows().running(
                        "lights",
                        "sense:hand-fed",
                        "infer:linear",
                        "decide:toy-argmax?above=0.9&refractoryMillis=1");
        house.sensor.put("me", row(9, 0), false);
        long decidedNanos = System.nanoTime();
        while (System.nanoTime() - decidedNanos < TimeUnit.MILLISECONDS.toNanos(2)) {
            Thread.onSpinWait();
        }
        house.sensor.put("me", row(0, 0), false);
        assertThat(house.ended).containsExactly("1 of 2");
        house.sensor.put("me", row(0, 9), false);
        assertThat(house.decided()).containsExactly("light_on", "light_off");
    }

    @Test
    void withinItsRefractoryTimeNothingIsDecided() throws Exception {
        rows().running(
                        "lights",
                        "sense:hand-fed",
                        "infer:linear",
                        "decide:toy-argmax?above=0.9&refractoryMillis=3600000");
        house.sensor.put("me", row(9, 0), false);
        house.sensor.put("me", row(0, 9), false);
        house.sensor.put("me", row(0, 9), false);
        assertThat(house.decided()).containsExactly("light_on");
        assertThat(house.ended).isEmpty();
    }

    @Test
    void whatASampleHoldsMayBeSeveralUtterances() throws Exception {
        SignSegmenter signs = segmented("encode:signs");
        house.sensor.put("me", values(1, 2, -1, 3, -1, 4), false);
        house.sensor.put("me", values(5), true);
        assertThat(house.failures).isEmpty();
        assertThat(house.reports)
                .extracting(r -> r.decision().parameters().get("value") + " " + r.stepsTotal())
                .containsExactly("1.0 0", "2.0 2", "3.0 1", "4.0 0", "5.0 2");
        assertThat(house.ended).containsExactly("2 of 2", "2 of 2");
        assertThat(signs.open).as("the stream ended").isZero();
    }

    @Test
    void aStreamKeepsItsSegmenterUntilTheRouteEnds() throws Exception {
        SignSegmenter signs = segmented("encode:signs");
        house.sensor.put("me", values(1), false);
        house.sensor.put("you", values(1), false);
        assertThat(signs.open).isEqualTo(2);
        house.files.remove(folder.resolve("routes/guest.camel.yaml"));
        assertThat(signs.open).isZero();
    }

    @Test
    void aSampleThatTheSegmenterRefusesFailsAndTheNextGoesOn() throws Exception {
        segmented("encode:signs?broken=true");
        house.sensor.put("me", values(13), false);
        assertThat(house.failures).containsExactly("encode:signs: 13 is refused");
        house.sensor.put("me", values(1), true);
        assertThat(house.reports).hasSize(1);
    }

    @Test
    void aSegmenterThatDoesNotFollowItsSensorIsRefused() throws Exception {
        house = new TestHouse(folder, VALUES);
        house.plugins.add(new SignSegmenter(), "test");
        Path file =
                house.route(
                        "guest",
                        "sense:hand-fed",
                        "encode:toy-eleven",
                        "encode:signs",
                        "infer:recurrent",
                        "decide:each-step?tensor=level");
        house.files.load(file);
        assertThat(house.status(file).state()).isEqualTo(State.BROKEN);
        assertThat(house.status(file).sentence())
                .isEqualTo(
                        file
                                + ":7: encode:signs finds the utterances in what a sensor gives, but"
                                + " comes after encode:toy-eleven; write it right after sense:");
    }

    @Test
    void aSegmenterThatTakesSomethingElseIsRefused() throws Exception {
        rows();
        house.plugins.add(new SignSegmenter(), "test");
        Path file = house.route("guest", "sense:hand-fed", "encode:signs", "infer:linear", SURE);
        house.files.load(file);
        assertThat(house.status(file).state()).isEqualTo(State.BROKEN);
        assertThat(house.status(file).sentence())
                .contains(
                        ":6: sense:hand-fed gives values FLOAT32[1, 2], but encode:signs takes"
                                + " values FLOAT32[-1]: shape [-1] expected, [1, 2] found");
    }

    @Test
    void theCardOfTheModelOpensTheOtherSteps() throws Exception {
        rows();
        card("linear", "steps: {'decide:toy-argmax': {above: 0.9999}}\n");
        house.running("lights", "sense:hand-fed", "infer:linear", "decide:toy-argmax");
        house.sensor.put("me", row(5, 0), true);
        assertThat(house.reports.get(0).decision().sure()).isFalse();
        house.running("lights", "sense:hand-fed", "infer:linear", SURE);
        house.sensor.put("me", row(5, 0), true);
        assertThat(house.reports.get(1).decision().sure()).as("the route says more").isTrue();
    }

    @Test
    void whatTheCardSaysAndThePlugInDoesNotKnowIsRefused() throws Exception {
        rows();
        card("linear", "steps: {'decide:toy-argmax': {bove: 0.9}}\n");
        Path file = house.route("lights", "sense:hand-fed", "infer:linear", "decide:toy-argmax");
        house.files.load(file);
        assertThat(house.status(file).state()).isEqualTo(State.BROKEN);
        assertThat(house.status(file).sentence())
                .contains(
                        "the card of model linear@1 says under 'steps' how decide:toy-argmax is"
                                + " opened, and that does not fit: decide:toy-argmax has no option"
                                + " 'bove'; it has: tensor");
    }

    private void card(String model, String more) throws Exception {
        Files.writeString(
                folder.resolve("models/" + model + "/1/model.yaml"),
                more,
                StandardOpenOption.APPEND);
    }

    @Test
    void aRateThatDoesNotFitIsRefusedNamingBoth() throws Exception {
        house = new TestHouse(folder, VALUES.atRateHz(16000));
        house.plugins.remove(house.sensor);
        house.plugins.add(new HandFedSensor(VALUES.atRateHz(16000)), "test");
        house.plugins.add(
                new SignSegmenter() {
                    @Override
                    public TensorSpec input(Options options) {
                        return VALUES.atRateHz(8000);
                    }
                },
                "test");
        Path file =
                house.route(
                        "guest",
                        "sense:hand-fed",
                        "encode:signs",
                        "infer:recurrent",
                        "decide:each-step?tensor=level");
        house.files.load(file);
        assertThat(house.status(file).sentence())
                .contains(
                        "sense:hand-fed gives values FLOAT32[-1] at 16000 Hz, but encode:signs takes"
                                + " values FLOAT32[-1] at 8000 Hz: 8000 Hz expected, 16000 Hz found");
    }

    @Test
    void whatComesTooFastIsDroppedAsTheRouteSaysAndCounted() throws Exception {
        house = new TestHouse(folder, VALUES);
        house.running(
                "guest",
                "sense:hand-fed?queue=2&whenFull=drop-oldest",
                "encode:toy-eleven",
                "infer:slow",
                "decide:each-step?tensor=echo");
        house.engine.slowGate().hold();
        house.sensor.offer("me", values(1), true);
        house.engine.slowGate().awaitWaiting(1);
        for (int i = 2; i <= 6; i++) {
            assertThat(house.sensor.offer("me", values(i), true)).isEqualTo(1);
        }
        house.engine.slowGate().open();
        await().until(() -> house.reports.size() == 9);
        assertThat(house.reports)
                .extracting(r -> r.decision().parameters().get("value"))
                .containsExactly(1.0, 1.0, 1.0, 5.0, 5.0, 5.0, 6.0, 6.0, 6.0);
        await().until(() -> house.dropped.get() == 3);
        assertThat(house.failures).isEmpty();
    }

    @Test
    void aSensorThatMayBlockWaitsForTheRoute() throws Exception {
        house = new TestHouse(folder, VALUES);
        house.running(
                "guest",
                "sense:hand-fed?queue=1&whenFull=block",
                "encode:toy-eleven",
                "infer:recurrent",
                "decide:each-step?tensor=level");
        CompletableFuture<Void> offering =
                CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < 50; i++) {
                                house.sensor.offer("me", values(i), true);
                            }
                        });
        offering.get(30, TimeUnit.SECONDS);
        await().until(() -> house.reports.size() == 150);
        assertThat(house.dropped.get()).isZero();
    }

    @Test
    void aStreamKeepsItsOrderOnSeveralThreads() throws Exception {
        house = new TestHouse(folder, VALUES);
        house.running(
                "guest",
                "sense:hand-fed?threads=3&queue=1000",
                "encode:toy-eleven",
                "infer:recurrent",
                "decide:each-step?tensor=level");
        for (int i = 0; i < 100; i++) {
            house.sensor.offer("stream" + i % 7, values(i), true);
        }
        await().until(() -> house.reports.size() == 300);
        for (int stream = 0; stream < 7; stream++) {
            String name = "stream" + stream;
            assertThat(house.reports)
                    .filteredOn(report -> report.stream().equals(name))
                    .extracting(Report::sequence)
                    .isSorted();
        }
    }

    @Test
    void aPolicyThatThereIsNotIsRefused() throws Exception {
        rows();
        Path file = house.route("lights", "sense:hand-fed?whenFull=forget", "infer:linear", SURE);
        house.files.load(file);
        assertThat(house.status(file).sentence())
                .contains(
                        "sense:hand-fed: 'whenFull' takes one of drop-newest, drop-oldest, block,"
                                + " found 'forget'");
    }

    @Test
    void aDeviceThatIsGoneHasTheRouteWaitUntilItIsBack() throws Exception {
        rows();
        Path file = house.running("lights", "sense:hand-fed", "infer:linear", SURE);
        house.sensor.away("the microphone is unplugged; plug it in again");
        assertThat(house.status(file).state()).isEqualTo(State.WAITING);
        assertThat(house.status(file).sentence())
                .isEqualTo("the microphone is unplugged; plug it in again");
        assertThat(house.news)
                .contains(
                        new TestHouse.News(
                                "route lights",
                                "waiting",
                                "the microphone is unplugged; plug it in again"));
        house.sensor.put("me", row(9, 0), true);
        assertThat(house.status(file).state()).isEqualTo(State.RUNNING);
        assertThat(house.decided()).containsExactly("light_on");
    }
}
