package dev.ganglion.runtime.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Parameter;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final String[] PIECES = {"", "a", "b", "ab", "<end>", "c", "", "abc"};
    private static final int CONTROL = 0;
    private static final int STOP = 4;
    private static final IntPredicate STOPS = id -> id == STOP;
    private static final IntFunction<byte[]> BYTES =
            id -> PIECES[id].getBytes(StandardCharsets.UTF_8);

    private static FloatBuffer logits(double... values) {
        FloatBuffer logits = FloatBuffer.allocate(values.length);
        for (int i = 0; i < values.length; i++) {
            logits.put(i, (float) values[i]);
        }
        return logits;
    }

    private static GrammarMatcher matcher(String rule) {
        return Grammar.parse("g", "root ::= " + rule).matcher();
    }

    private static int greedy(@Nullable GrammarMatcher matcher, double... values) {
        return new Sampler(Sampling.GREEDY).pick(logits(values), matcher, BYTES, STOPS);
    }

    private static Sampler sampler(String json) {
        return new Sampler(Sampling.parse("test", json));
    }

    private static int[] counts(Sampler sampler, int rounds, FloatBuffer logits) {
        int[] counts = new int[logits.limit()];
        for (int i = 0; i < rounds; i++) {
            counts[sampler.pick(logits, null, BYTES, STOPS)]++;
        }
        return counts;
    }

    @Test
    void theLikeliestIsPickedAndOfTwoTheLowerId() {
        assertThat(greedy(null, -3, 1, 7, 2)).isEqualTo(2);
        assertThat(greedy(null, -3, 7, 1, 7)).isEqualTo(1);
        assertThat(greedy(null, -1e30, -3e30, Double.NEGATIVE_INFINITY)).isZero();
    }

    @Test
    void theLikeliestThatTheGrammarAllowsIsPicked() {
        assertThat(greedy(matcher("\"ab\""), 9, 1, 8, 2, 7, 6, 5, 4)).isEqualTo(3);
        assertThat(greedy(matcher("\"ab\""), 9, 2, 8, 2, 7, 6, 5, 4)).isEqualTo(1);
        assertThat(greedy(matcher("\"abc\""), 0, 1, 2, 3, 4, 5, 6, 7)).isEqualTo(7);
    }

    @Test
    void stopAndControlIdsAreAllowedWhenTheGrammarMayEnd() {
        GrammarMatcher matcher = matcher("\"a\"+");
        assertThat(greedy(matcher, 5, 1, 0, 0, 9, 0, 6, 0)).isEqualTo(1);
        matcher.take(BYTES.apply(1));
        assertThat(greedy(matcher, 5, 1, 0, 0, 9, 0, 6, 0)).isEqualTo(STOP);
        assertThat(greedy(matcher, 9, 1, 0, 0, 5, 0, 6, 0)).isEqualTo(CONTROL);
        assertThat(greedy(matcher, 5, 9, 0, 0, 8, 0, 6, 0)).isEqualTo(1);
        matcher.take(BYTES.apply(CONTROL));
        assertThat(greedy(matcher, 5, 6, 9, 0, 8, 0, 6, 0)).isEqualTo(2);
    }

    @Test
    void aGrammarThatNoIdFitsIsRefused() {
        for (String json : new String[] {"{}", "{\"temperature\": 1}"}) {
            assertThatThrownBy(
                            () ->
                                    sampler(json)
                                            .pick(
                                                    logits(1, 2, 3, 4),
                                                    matcher("\"z\""),
                                                    BYTES,
                                                    STOPS))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused ->
                                    assertThat(refused.kind())
                                            .isEqualTo(GanglionException.Kind.INPUT))
                    .hasMessageContaining("none of the 4 ids may follow");
        }
    }

    @Test
    void logitsThatAreNoNumbersAreRefused() {
        for (String json : new String[] {"{}", "{\"temperature\": 1}"}) {
            assertThatThrownBy(
                            () -> sampler(json).pick(logits(1, Double.NaN, 3), null, BYTES, STOPS))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused ->
                                    assertThat(refused.kind())
                                            .isEqualTo(GanglionException.Kind.REOPEN))
                    .hasMessageContaining("id 1");
        }
    }

    @Test
    void logitsOfNoIdAreNotLookedAt() {
        Sampler sampler = new Sampler(Sampling.GREEDY, 2);
        assertThat(sampler.pick(logits(1, 2, 9, Double.NaN), matcher("\"a\""), BYTES, STOPS))
                .isEqualTo(1);
    }

    @Test
    void theSameSeedGivesTheSameTokensAndAnotherOneOthers() {
        FloatBuffer flat = logits(1, 1, 1, 1, 1, 1, 1, 1);
        Sampler seven = sampler("{\"temperature\": 1, \"seed\": 7}");
        int[] first = new int[40];
        Arrays.setAll(first, i -> seven.pick(flat, null, BYTES, STOPS));
        seven.reset();
        int[] again = new int[40];
        Arrays.setAll(again, i -> seven.pick(flat, null, BYTES, STOPS));
        Sampler eight = sampler("{\"temperature\": 1, \"seed\": 8}");
        int[] other = new int[40];
        Arrays.setAll(other, i -> eight.pick(flat, null, BYTES, STOPS));
        assertThat(again).containsExactly(first);
        assertThat(other).isNotEqualTo(first);
    }

    @Test
    void howOftenIsByTheProbability() {
        Sampler sampler = sampler("{\"temperature\": 1, \"top_p\": 1, \"min_p\": 0, \"top_k\": 0}");
        FloatBuffer logits = logits(Math.log(0.6), Math.log(0.3), Math.log(0.1));
        int[] counts = counts(sampler, 20_000, logits);
        assertThat(counts[0] / 20_000.0).isEqualTo(0.6, within(0.02));
        assertThat(counts[1] / 20_000.0).isEqualTo(0.3, within(0.02));
        // Half the temperature squares them.
        int[] colder =
                counts(
                        sampler("{\"temperature\":0.5,\"top_p\":1,\"min_p\":0,\"top_k\":0}"),
                        20_000,
                        logits);
        assertThat(colder[0] / 20_000.0).isEqualTo(0.36 / 0.46, within(0.02));
    }

    @Test
    void theLessLikelyAreLeftOutAsTheOptionsSay() {
        FloatBuffer logits = logits(Math.log(0.1), Math.log(0.5), Math.log(0.1), Math.log(0.3));
        String all = "\"temperature\": 1, \"top_p\": 1, \"min_p\": 0, \"top_k\": 0";
        assertThat(
                        counts(
                                sampler("{" + all.replace("\"top_k\": 0", "\"top_k\": 3") + "}"),
                                2000,
                                logits))
                .satisfies(counts -> assertThat(counts[2]).isZero())
                .satisfies(counts -> assertThat(counts[0]).isPositive());
        assertThat(
                        counts(
                                sampler("{" + all.replace("\"top_p\": 1", "\"top_p\": 0.7") + "}"),
                                2000,
                                logits))
                .satisfies(counts -> assertThat(counts[0] + counts[2]).isZero())
                .satisfies(counts -> assertThat(counts[3]).isPositive());
        assertThat(
                        counts(
                                sampler("{" + all.replace("\"min_p\": 0", "\"min_p\": 0.5") + "}"),
                                2000,
                                logits))
                .satisfies(counts -> assertThat(counts[0] + counts[2]).isZero())
                .satisfies(counts -> assertThat(counts[3]).isPositive());
        assertThat(
                        counts(
                                sampler("{" + all.replace("\"top_p\": 1", "\"top_p\": 0") + "}"),
                                2000,
                                logits)[1])
                .isEqualTo(2000);
    }

    @Test
    void onlyWhatTheGrammarAllowsIsAmongThoseThatAreDrawn() {
        Sampler sampler = sampler("{\"temperature\": 5, \"top_k\": 2, \"top_p\": 1, \"min_p\": 0}");
        int[] counts = new int[8];
        for (int i = 0; i < 2000; i++) {
            GrammarMatcher matcher = matcher("\"abc\"");
            counts[sampler.pick(logits(9, 1, 8, 2, 7, 6, 5, 0), matcher, BYTES, STOPS)]++;
        }
        assertThat(counts[1]).isPositive();
        assertThat(counts[3]).isPositive();
        assertThat(counts[1] + counts[3]).isEqualTo(2000);
    }

    @Test
    void whatWasPickedIsLessLikelyWithAPenalty() {
        Sampler sampler = sampler("{\"repeat_penalty\": 2}");
        assertThat(sampler.pick(logits(4, 3), null, BYTES, STOPS)).isZero();
        assertThat(sampler.pick(logits(4, 3), null, BYTES, STOPS)).isEqualTo(1);
        assertThat(sampler.pick(logits(4, 3), null, BYTES, STOPS)).isZero();
        sampler.reset();
        assertThat(sampler.pick(logits(-1, -1.5), null, BYTES, STOPS)).isZero();
        assertThat(sampler.pick(logits(-1, -1.5), null, BYTES, STOPS)).isEqualTo(1);
    }

    @Test
    void theProbabilityIsTheSoftmax() {
        FloatBuffer logits = logits(1, 3, 2);
        double sum = Math.exp(1) + Math.exp(2) + Math.exp(3);
        for (int id = 0; id < 3; id++) {
            assertThat(Sampler.probability(logits, id))
                    .isEqualTo(Math.exp(logits.get(id)) / sum, within(1e-12));
        }
        assertThat(Sampler.probability(logits(3e38, -3e38), 0)).isEqualTo(1);
        assertThat(Sampler.probability(logits(3e38, -3e38), 1)).isZero();
        assertThat(Sampler.probability(logits(0, Double.NEGATIVE_INFINITY), 1)).isZero();
        assertThatThrownBy(() -> Sampler.probability(logits, 3))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** The fast ways give what the plain definition gives: the first allowed in falling order. */
    @Test
    void theFastWayIsThePlainDefinition() {
        Random random = new Random(3);
        for (int round = 0; round < 300; round++) {
            double[] values = new double[8];
            Arrays.setAll(values, i -> random.nextInt(5));
            GrammarMatcher matcher = matcher("(\"ab\" | \"c\")*");
            if (round % 2 == 0) {
                matcher.take(BYTES.apply(1));
            }
            int best = -1;
            for (int id = 0; id < 8; id++) {
                boolean allowed = id == STOP ? matcher.mayEnd() : matcher.accepts(BYTES.apply(id));
                if (allowed && (best < 0 || values[id] > values[best])) {
                    best = id;
                }
            }
            assertThat(greedy(matcher, values)).isEqualTo(best);
            assertThat(
                            sampler("{\"temperature\":1,\"top_k\":1}")
                                    .pick(logits(values), matcher, BYTES, STOPS))
                    .isEqualTo(best);
        }
    }

    /** A home's grammar over a vocabulary of bytes; the model likes what the grammar refuses. */
    @Test
    void aWarmSamplerAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        GrammarMatcher matcher =
                Grammar.parse(
                                "home",
                                ActionGrammar.of(
                                        List.of(
                                                ActionSpec.of(
                                                        "light_set",
                                                        Parameter.integer("level", "%", 0, 100)
                                                                .required(),
                                                        Parameter.text("name")))))
                        .matcher();
        byte[][] pieces = new byte[257][];
        Arrays.setAll(pieces, id -> id < 256 ? new byte[] {(byte) id} : new byte[0]);
        IntFunction<byte[]> bytes = id -> pieces[id];
        IntPredicate stops = id -> id == 256;
        for (String json : new String[] {"{}", "{\"temperature\": 2, \"repeat_penalty\": 1.1}"}) {
            Sampler sampler = sampler(json);
            FloatBuffer logits = FloatBuffer.allocate(257);
            for (int id = 0; id < 257; id++) {
                logits.put(id, id * 37 % 256 / 64f);
            }
            Runnable answers =
                    () -> {
                        for (int answer = 0; answer < 20; answer++) {
                            matcher.reset();
                            sampler.reset();
                            for (int i = 0; i < 300; i++) {
                                int id = sampler.pick(logits, matcher, bytes, stops);
                                if (id == 256) {
                                    break;
                                }
                                matcher.take(pieces[id]);
                            }
                        }
                    };
            answers.run();
            answers.run();
            long before = threads.getCurrentThreadAllocatedBytes();
            answers.run();
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .as("bytes that 20 answers allocate with " + json)
                    .isZero();
        }
    }
}
