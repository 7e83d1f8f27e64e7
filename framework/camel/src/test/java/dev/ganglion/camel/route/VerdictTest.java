package dev.ganglion.camel.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.act.Action;
import dev.ganglion.runtime.model.ModelHost;
import dev.ganglion.runtime.model.ModelStore;
import dev.ganglion.runtime.plugin.Plugins;
import dev.ganglion.runtime.report.Report;
import dev.ganglion.runtime.report.Slowest.Look;
import dev.ganglion.runtime.report.Slowest.Part;
import dev.ganglion.runtime.report.Slowest.Slow;
import dev.ganglion.runtime.report.Statistics.Figures;
import dev.ganglion.runtime.wiring.RouteStep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said about messages whose times are made up. */
class VerdictTest {
    private static final long MILLI = 1_000_000;

    @TempDir Path folder;
    private final List<Slow> slowest = new ArrayList<>();
    private final List<RouteStep> steps = new ArrayList<>();
    private final Map<Part, Long> othersNanos = new EnumMap<>(Part.class);
    private long others;
    private @Nullable Figures figures;
    private @Nullable ModelHost host;

    @AfterEach
    void close() {
        if (host != null) {
            host.close();
        }
    }

    private List<String> sentences() {
        Plugins plugins = new Plugins();
        ModelHost opened = new ModelHost(new ModelStore(folder), plugins, 1000);
        host = opened;
        slowest.sort(Comparator.comparing((Slow slow) -> -slow.report().totalNanos()));
        Map<Part, Long> nanos = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            nanos.put(
                    part,
                    othersNanos.getOrDefault(part, 0L)
                            + slowest.stream().mapToLong(slow -> part.nanos(slow.report())).sum());
        }
        Look look = new Look(0, slowest.size() + others, nanos, slowest);
        return new Verdict(new RouteSteps(steps, opened), look, figures).sentences();
    }

    private void steps(String... given) {
        for (String each : given) {
            String[] parts = each.split(":");
            steps.add(new RouteStep(parts[0], parts[1], Map.of(), folder));
        }
    }

    private void medians(long inferMicros, long totalMicros) {
        figures =
                new Figures(
                        100,
                        0,
                        0,
                        0,
                        1,
                        Map.of("infer", inferMicros, "total", totalMicros),
                        Map.of());
    }

    private void message(
            long ordinal, long waitNanos, long inferNanos, long totalNanos, long gapNanos) {
        message("me", ordinal, waitNanos, inferNanos, totalNanos, gapNanos, null);
    }

    private void message(
            String stream,
            long ordinal,
            long waitNanos,
            long inferNanos,
            long totalNanos,
            long gapNanos,
            @Nullable Action action) {
        slowest.add(
                new Slow(
                        new Report(
                                "route",
                                stream,
                                ordinal,
                                "",
                                new ModelId("nlu", "1"),
                                new Decision("on", Map.of(), 1, true),
                                action,
                                0,
                                inferNanos,
                                0,
                                0,
                                totalNanos,
                                waitNanos,
                                0,
                                gapNanos,
                                gapNanos == 0 ? "" : "decide:slots",
                                0,
                                1,
                                1,
                                "trace" + ordinal,
                                null),
                        ordinal));
    }

    @Test
    void thePartThatTakesMostIsNamedWithItsShareAndTheMedian() {
        medians(400, 500);
        message(50, 0, 1_900_000, 2_300_000, 0);
        message(60, 0, 1_900_000, 2_300_000, 0);
        others = 98;
        othersNanos.put(Part.INFER, 16_200_000L);
        othersNanos.put(Part.ENCODE, 19_200_000L);
        assertThat(sentences())
                .containsExactly(
                        "infer:nlu takes 83 % of the slow messages, 50 % of all (1.9 ms each; the"
                                + " median of all is 400 µs): use a smaller model, or another engine");
    }

    @Test
    void onlyTheFirstMessageWasSlowBecauseItWasCold() {
        medians(900, 1_000);
        message(1, 0, 29 * MILLI, 30 * MILLI, 0);
        message(7, 0, MILLI, 1_100_000, 0);
        assertThat(sentences())
                .containsExactly(
                        "only the first message was slow: code and model were cold (it is 30 times"
                                + " the median)",
                        "no other message stands out: the slowest took 1.1 ms, the median is 1.0 ms",
                        "infer:nlu takes 91 % of the slow messages, 96 % of all (1.0 ms each; the median of all"
                                + " is 900 µs): use a smaller model, or another engine");
    }

    @Test
    void ofTheColdMessagesTheOthersAreToldApart() {
        medians(900, 1_000);
        message(1, 0, 29 * MILLI, 30 * MILLI, 0);
        message(2, 0, 19 * MILLI, 20 * MILLI, 0);
        message(70, 50 * MILLI, MILLI, 51 * MILLI, 0);
        steps("sense:mqtt", "infer:nlu");
        assertThat(sentences())
                .hasSize(2)
                .startsWith(
                        "the first 2 messages were slow: code and model were cold (it is 30 times"
                                + " the median); what follows is about the others")
                .last()
                .asString()
                .startsWith(
                        "messages wait 50 ms before they are taken up (98 % of the slow messages");
    }

    @Test
    void theFirstMessageIsNotColdWhenTheOthersAreAsSlow() {
        medians(9_000, 10_000);
        message(1, 0, 29 * MILLI, 30 * MILLI, 0);
        assertThat(sentences()).singleElement().asString().startsWith("infer:nlu takes 97 %");
    }

    @Test
    void aSlowMessageInTheMiddleIsNotCold() {
        medians(900, 1_000);
        message(2, 0, 29 * MILLI, 30 * MILLI, 0);
        assertThat(sentences()).singleElement().asString().startsWith("infer:nlu takes 97 %");
    }

    @Test
    void withoutFiguresNothingIsComparedWithAMedian() {
        message(1, 0, 29 * MILLI, 30 * MILLI, 0);
        assertThat(sentences())
                .containsExactly(
                        "infer:nlu takes 97 % of the slow messages, 97 % of all (29 ms each): use a smaller"
                                + " model, or another engine");
    }

    @Test
    void theWayBetweenTwoThreadsIsNoQueue() {
        steps("sense:microphone", "infer:nlu");
        message(5, 6 * MILLI / 10, MILLI / 10, 7 * MILLI / 10, 0);
        assertThat(sentences())
                .singleElement()
                .asString()
                .contains("before they are taken up")
                .endsWith(
                        ": that is the way from the thread of sense:microphone to that of the route,"
                                + " and nothing has to be done about it");
    }

    @Test
    void severalStreamsGainFromThreadsAndASingleOneDoesNot() {
        figures = new Figures(2, 0, 12, 0, 1, Map.of(), Map.of());
        steps("sense:mqtt", "infer:nlu");
        message(5, 12 * MILLI, MILLI, 13 * MILLI, 0);
        assertThat(sentences())
                .containsExactly(
                        "messages wait 12 ms before they are taken up (92 % of the slow messages, 92 % of all): they"
                                + " come faster than one thread handles them; set threads= (1 now,"
                                + " which helps only several streams, and here is one) or whenFull="
                                + " (drop-newest now, with queue=64) at sense:mqtt; 12 were"
                                + " dropped");
        message("you", 6, 12 * MILLI, MILLI, 13 * MILLI, 0, null);
        assertThat(sentences()).singleElement().asString().contains("threads= (1 now) or");
    }

    @Test
    void whatWaitsBeforeARouteWithoutASensorWaitsInTheFile() {
        steps("encode:wordpiece", "infer:nlu");
        message(5, 12 * MILLI, MILLI, 13 * MILLI, 0);
        assertThat(sentences())
                .singleElement()
                .asString()
                .endsWith(
                        ", in steps that are not Ganglion's: look at what stands before"
                                + " encode:wordpiece in the file");
    }

    @Test
    void twoPartsThatTakeMuchAreBothNamedTheGreaterFirst() {
        steps("sense:mqtt", "infer:nlu", "decide:slots");
        message(5, 0, 10 * MILLI, 30 * MILLI, 18 * MILLI);
        assertThat(sentences())
                .satisfiesExactly(
                        first ->
                                assertThat(first)
                                        .startsWith("18 ms pass before decide:slots in steps"),
                        second -> assertThat(second).startsWith("infer:nlu takes 33 %"));
    }

    @Test
    void severalGapsAreToldAsSeveral() {
        steps("sense:mqtt", "infer:nlu", "decide:slots", "act:home");
        message("me", 5, 0, 0, 30 * MILLI, 10 * MILLI, new Action("on", Map.of(), ""));
        assertThat(sentences())
                .containsExactly(
                        "30 ms pass in several steps that are not Ganglion's (100 % of the slow"
                                + " messages, 100 % of all); the longest is before decide:slots");
    }

    @Test
    void whatOtherMessagesDoNotSpendThereMayBeAPause() {
        steps("sense:mqtt", "infer:nlu", "decide:slots");
        message(5, 0, 0, 30 * MILLI, 30 * MILLI);
        others = 10;
        othersNanos.put(Part.OTHER, MILLI);
        assertThat(sentences())
                .singleElement()
                .asString()
                .endsWith(
                        "; the other messages spend 100 µs so, thus it may be a pause of Java or of"
                                + " the machine, too");
        othersNanos.put(Part.OTHER, 200 * MILLI);
        assertThat(sentences()).singleElement().asString().endsWith("stands before it in the file");
    }

    @Test
    void timesAreSaidInTheUnitThatFits() {
        assertThat(
                        List.of(0L, 999_000L, 1_900_000L, 12_400_000L, 1_300_000_000L).stream()
                                .map(Verdict::duration))
                .containsExactly("0 µs", "999 µs", "1.9 ms", "12 ms", "1.3 s");
    }
}
