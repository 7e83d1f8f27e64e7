package dev.ganglion.camel.route;

import static dev.ganglion.camel.route.TestHouse.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.encode.FeatureExtractor;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.runtime.report.Slowest;
import dev.ganglion.runtime.report.Statistics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes in which one stage takes its time on purpose. */
class WhySlowTest {
    private static final long TIME_NANOS = TimeUnit.MILLISECONDS.toNanos(30);
    private static final String ENCODE = "encode:toy-bytes";
    private static final String INFER = "infer:letters";
    private static final String DECIDE = "decide:toy-argmax?above=0.9";
    private static final String ACT = "act:recording?actions=actions.yaml";
    private static final TensorSpec VALUES =
            TensorSpec.of("values", Tensor.Type.FLOAT32, "1", TensorSpec.ANY);

    @TempDir Path folder;
    private final Slowest slowest = new Slowest();
    private final Statistics statistics = new Statistics();
    private TestHouse house;

    private TestHouse house(TensorSpec sensed) throws Exception {
        house = new TestHouse(folder, sensed);
        house.plugins.add(new SlowDecider(), "test");
        house.plugins.add(new SlowExtractor(), "test");
        house.plugins.add(new SlowLamp(), "test");
        house.words.add(slowest);
        house.words.add(statistics);
        return house;
    }

    @AfterEach
    void close() {
        if (house != null) {
            house.close();
        }
    }

    /** What is slow here; nobody waits for anything else meanwhile. */
    private static void takeTime() {
        long endNanos = System.nanoTime() + TIME_NANOS;
        for (long left = TIME_NANOS; left > 0; left = endNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static final class SlowLamp implements Actuator {
        @Override
        public String name() {
            return "slow-lamp";
        }

        @Override
        public List<ActionSpec> actions(Options options) {
            return List.of(ActionSpec.of("light_on"), ActionSpec.of("light_off"));
        }

        @Override
        public Device open(Options options) {
            return new Device() {
                @Override
                public void perform(String action, Map<String, Object> parameters) {
                    takeTime();
                }

                @Override
                public void makeSafe() {}

                @Override
                public void close() {}
            };
        }
    }

    private static final class SlowDecider implements Decider {
        @Override
        public String name() {
            return "slow-decider";
        }

        @Override
        public List<Parameter> options() {
            return List.of(Parameter.number("above", "1", 0, 1).withDefault("0.8"));
        }

        @Override
        public List<TensorSpec> inputs(ModelPackage model, Options options) {
            return List.of();
        }

        @Override
        public Stage<Steps, Decision> open(
                ModelPackage model, Options options, Function<CharSequence, Steps> infer) {
            return new Stage<>() {
                @Override
                public void push(Steps item, Consumer<? super Decision> out) {
                    takeTime();
                    out.accept(new Decision("light_on", Map.of(), 1, true));
                }

                @Override
                public void flush(Consumer<? super Decision> out) {}
            };
        }
    }

    private static final class SlowExtractor implements FeatureExtractor {
        @Override
        public String name() {
            return "slow-features";
        }

        @Override
        public List<Parameter> options() {
            return List.of(Parameter.integer("bands", "1", 1, 100).withDefault("40"));
        }

        @Override
        public TensorSpec input(Options options) {
            return VALUES;
        }

        @Override
        public TensorSpec output(Options options) {
            return VALUES;
        }

        @Override
        public Stage<Tensor, Tensor> open(Options options) {
            return new Stage<>() {
                @Override
                public void push(Tensor item, Consumer<? super Tensor> out) {
                    takeTime();
                    out.accept(item);
                }

                @Override
                public void flush(Consumer<? super Tensor> out) {}
            };
        }
    }

    private Map<String, Object> why(String route) {
        return why(route, false);
    }

    private Map<String, Object> why(String route, boolean reset) {
        List<String> running =
                house.files.status().stream().flatMap(file -> file.routes().stream()).toList();
        return new WhySlow(house.words, house.host, statistics, slowest).of(route, running, reset);
    }

    /** Has classes loaded and all that, and forgets it. */
    private void warmUp(String route, Object value) {
        house.sensor.put("me", value, true);
        assertThat(house.failures).isEmpty();
        assertThat(house.reports).isNotEmpty();
        slowest.reset(route);
    }

    private static String dominant(Map<String, Object> why) {
        return ((Map<?, ?>) why.get("shares"))
                .entrySet().stream()
                        .max((a, b) -> Long.compare((Long) a.getValue(), (Long) b.getValue()))
                        .map(entry -> String.valueOf(entry.getKey()))
                        .orElseThrow();
    }

    private static List<String> verdict(Map<String, Object> why) {
        return ((List<?>) why.get("verdict")).stream().map(String::valueOf).toList();
    }

    private static List<Map<?, ?>> messages(Map<String, Object> why) {
        return ((List<?>) why.get("slowest")).stream().<Map<?, ?>>map(m -> (Map<?, ?>) m).toList();
    }

    private void blames(Map<String, Object> why, String part, String... words) {
        assertThat(dominant(why)).as("%s", why).isEqualTo(part);
        assertThat(verdict(why)).anySatisfy(sentence -> assertThat(sentence).contains(words));
    }

    @Test
    void anUnknownRouteIsRefusedWithThoseThatRun() throws Exception {
        house(TensorSpec.TEXT);
        assertThat(why("light"))
                .containsEntry("ok", false)
                .containsEntry("sentence", "no route 'light' runs; none does");
        house.running("lights", "sense:hand-fed", ENCODE, INFER, DECIDE, ACT);
        house.running("another", "direct:in", ENCODE, INFER, DECIDE);
        assertThat(why("light"))
                .containsEntry("sentence", "no route 'light' runs; there are: another, lights")
                .doesNotContainKey("verdict");
    }

    @Test
    void aRouteWithoutMessagesSaysSo() throws Exception {
        house(TensorSpec.TEXT).running("lights", "sense:hand-fed", ENCODE, INFER, DECIDE, ACT);
        assertThat(why("lights")).containsEntry("ok", true).containsEntry("slowest", List.of());
        assertThat(verdict(why("lights")))
                .containsExactly("nothing was decided in the route 'lights' since it began");
        warmUp("lights", "+");
        assertThat(verdict(why("lights")))
                .containsExactly("nothing was decided in the route 'lights' since it was reset");
    }

    @Test
    void aRouteOfWhichAllMessagesFailedSaysSo() throws Exception {
        house(TensorSpec.TEXT).running("lights", "sense:hand-fed", "act:recording");
        house.sensor.put("me", "+", true);
        assertThat(verdict(why("lights")))
                .containsExactly(
                        "nothing was decided in the route 'lights' since it began, and one message"
                                + " failed");
    }

    @Test
    void aSlowModelIsBlamed() throws Exception {
        house(TensorSpec.of("value", Tensor.Type.FLOAT32, "1", 1))
                .running("guest", "sense:hand-fed", "infer:slow", "decide:each-step?tensor=echo");
        warmUp("guest", values(1));
        house.engine.slowGate().hold();
        CompletableFuture<?> message =
                CompletableFuture.runAsync(() -> house.sensor.put("me", values(2), true));
        house.engine.slowGate().awaitWaiting(1);
        takeTime();
        house.engine.slowGate().open();
        message.get(30, TimeUnit.SECONDS);
        blames(why("guest"), "infer", "infer:slow takes ", ": use a smaller model, or another");
        Map<?, ?> slow = messages(why("guest")).get(0);
        assertThat(slow.get("trace")).isEqualTo(house.reports.get(1).trace());
        assertThat(slow.get("stream")).isEqualTo("me");
        assertThat(slow.get("sequence")).isEqualTo(1L);
        assertThat((Long) slow.get("inferMicros"))
                .isBetween(30_000L, (Long) slow.get("totalMicros"));
    }

    @Test
    void aSlowDeciderIsBlamedWithItsBound() throws Exception {
        house(TensorSpec.TEXT)
                .running("lights", "sense:hand-fed", ENCODE, INFER, "decide:slow-decider", ACT);
        warmUp("lights", "+");
        house.sensor.put("me", "+", true);
        blames(why("lights"), "decide", "decide:slow-decider takes ", "(options: above=0.8)");
    }

    @Test
    void aSlowEncoderIsBlamedWithItsOptions() throws Exception {
        house(VALUES)
                .running(
                        "guest",
                        "sense:hand-fed",
                        "encode:slow-features?bands=7",
                        "infer:recurrent",
                        "decide:each-step?tensor=level");
        warmUp("guest", values(1));
        house.sensor.put("me", values(1), true);
        blames(why("guest"), "encode", "encode:slow-features takes ", "(options: bands=7)");
    }

    @Test
    void aSlowDeviceIsBlamed() throws Exception {
        house(TensorSpec.TEXT)
                .running("lights", "sense:hand-fed", ENCODE, INFER, DECIDE, "act:slow-lamp");
        warmUp("lights", "+");
        house.sensor.put("me", "+", true);
        blames(why("lights"), "act", "act:slow-lamp takes ", ": put it behind seda:");
    }

    @Test
    void aQueueInWhichMessagesWaitIsBlamed() throws Exception {
        house(TensorSpec.TEXT)
                .running(
                        "lights",
                        "sense:hand-fed?queue=16&whenFull=block",
                        ENCODE,
                        INFER,
                        DECIDE,
                        "act:slow-lamp");
        warmUp("lights", "+");
        for (int i = 0; i < 8; i++) {
            house.sensor.offer("me", "+", true);
        }
        house.sensor.end();
        await().until(house.files::ended);
        blames(
                why("lights"),
                "wait",
                "messages wait ",
                "faster than one thread handles them; set threads= (1 now",
                "whenFull= (block now, with queue=16) at sense:hand-fed");
    }

    private void delayedBeforeAct() {
        house.loaded(
                house.write(
                        "routes/lights.camel.yaml",
                        """
                        - route:
                            id: lights
                            from:
                              uri: sense:hand-fed
                              steps:
                                - to: encode:toy-bytes
                                - to: infer:letters
                                - to: decide:toy-argmax?above=0.9
                                - delay:
                                    constant: 30
                                - to: act:recording?actions=actions.yaml
                        """));
    }

    @Test
    void whatStandsBetweenTheStepsIsBlamedByTheStepThatFollows() throws Exception {
        house(TensorSpec.TEXT);
        delayedBeforeAct();
        warmUp("lights", "+");
        house.sensor.put("me", "+", true);
        blames(
                why("lights"),
                "other",
                " ms pass before act:recording in steps that are not Ganglion's");
        assertThat(messages(why("lights")).get(0).get("gapBefore")).isEqualTo("act:recording");
    }

    @Test
    void whatStandsAfterTheLastStepIsBlamedByThatStep() throws Exception {
        house(TensorSpec.TEXT);
        house.loaded(
                house.write(
                        "routes/lights.camel.yaml",
                        """
                        - route:
                            id: lights
                            from:
                              uri: sense:hand-fed
                              steps:
                                - to: encode:toy-bytes
                                - to: infer:letters
                                - to: decide:toy-argmax?above=0.9
                                - delay:
                                    constant: 30
                        """));
        warmUp("lights", "+");
        house.sensor.put("me", "+", true);
        blames(why("lights"), "other", "most of it after decide:toy-argmax ", "stands after it");
    }

    @Test
    void whatWaitsInAQueueOfCamelIsNoWaitingForTheRoute() throws Exception {
        house(TensorSpec.TEXT);
        house.loaded(
                house.write(
                        "routes/two.camel.yaml",
                        """
                        - route:
                            id: acting
                            from:
                              uri: seda:decisions
                              steps:
                                - delay:
                                    constant: 30
                                - to: act:recording?actions=actions.yaml
                        - route:
                            id: deciding
                            from:
                              uri: sense:hand-fed
                              steps:
                                - to: encode:toy-bytes
                                - to: infer:letters
                                - to: decide:toy-argmax?above=0.9
                                - to: seda:decisions
                        """));
        for (int i = 0; i < 3; i++) {
            house.sensor.put("me", "+", true);
        }
        await().until(() -> house.reports.size() == 3);
        slowest.reset("deciding");
        for (int i = 0; i < 3; i++) {
            house.sensor.put("me", "+", true);
        }
        house.sensor.end();
        await().until(house.files::ended);
        blames(why("deciding"), "other", " pass before act:recording in steps that are not");
        assertThat(verdict(why("acting")))
                .containsExactly(
                        "nothing was decided in the route 'acting' since it began; a message counts"
                                + " in the route that sensed it: look at deciding");
    }

    @Test
    void anEncoderThatGathersIsNamed() throws Exception {
        house(VALUES)
                .running(
                        "guest",
                        "sense:hand-fed",
                        "encode:toy-eleven",
                        "infer:recurrent",
                        "decide:each-step?tensor=level");
        warmUp("guest", values(1));
        house.sensor.put("me", values(1), false);
        takeTime();
        house.sensor.put("me", values(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), true);
        assertThat(verdict(why("guest")))
                .anySatisfy(
                        sentence ->
                                assertThat(sentence)
                                        .startsWith("encode:toy-eleven gathers for ")
                                        .contains("before it gives anything"));
        Map<?, ?> slow = messages(why("guest")).get(0);
        assertThat(messages(why("guest"))).hasSize(1);
        assertThat((Long) slow.get("heldMicros")).isGreaterThanOrEqualTo(30_000);
        assertThat((Long) slow.get("heardMicros")).isGreaterThanOrEqualTo(30_000);
    }

    @Test
    void afterAResetOnlyWhatIsNewIsLookedAt() throws Exception {
        house(TensorSpec.TEXT);
        delayedBeforeAct();
        house.sensor.put("me", "+", true);
        house.sensor.put("me", "-", true);
        assertThat(why("lights", true)).containsEntry("messages", 2L);
        assertThat(why("lights")).containsEntry("messages", 0L);
        house.sensor.put("me", "+", true);
        assertThat(messages(why("lights")))
                .singleElement()
                .satisfies(slow -> assertThat(slow.get("ordinal")).isEqualTo(3L));
    }
}
