package dev.ganglion.camel.route;

import static dev.ganglion.camel.route.TestHouse.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.camel.route.RouteFiles.State;
import dev.ganglion.runtime.report.Report;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Streams whose samples wait make their steps at once: {@code infer:…?batch=}. */
class BatchTest extends Batches {

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
    void whoStoodForOthersWaitedAndNoOtherStepOfTheRouteIsBlamed() throws Exception {
        running("infer:mean?batch=2", LEVEL);
        try (Hold hold = new Hold(house)) {
            house.sensor.offer("a", values(1), true);
            house.sensor.offer("b", values(1), true);
        }
        awaitReports(3);
        assertThat(house.engine.together()).containsExactly(2);
        Report report = house.reports.get(2);
        assertThat(report.inferNanos()).isPositive();
        assertThat(report.waitNanos()).isPositive().isGreaterThan(report.gapNanos());
        assertThat(
                        report.waitNanos()
                                + report.encodeNanos()
                                + report.inferNanos()
                                + report.decideNanos()
                                + report.gapNanos())
                .isLessThanOrEqualTo(report.totalNanos());
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
    void whoStandsDoesNotWaitForManyThatDoNot() throws Exception {
        running("encode:toy-eleven", "infer:mean?batch=2", LEVEL);
        try (Hold hold = new Hold(house)) {
            house.sensor.offer("a", values(new float[11]), false);
            for (int i = 0; i < 100; i++) {
                house.sensor.offer("b", values(1), false);
            }
            house.sensor.offer("c", values(new float[11]), false);
        }
        awaitReports(34);
        assertThat(house.engine.together())
                .as("b gives steps with each eleventh sample, too late for a")
                .isEmpty();
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
