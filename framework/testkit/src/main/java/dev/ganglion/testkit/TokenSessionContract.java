package dev.ganglion.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.infer.TokenSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/**
 * What every engine of generative models keeps to, shown with one small model that is fed with
 * tokens. A vendor's test says which engine, which model, a prompt, and what must follow it; each
 * capability counts as supported until its method is overridden.
 */
public abstract class TokenSessionContract extends EngineLoadContract {
    private static final int THREADS = 3;
    private static final int TOKENS = 8;

    /** An engine's test needs no constructor. */
    protected TokenSessionContract() {}

    /** {@return a prompt of 3 tokens or more} */
    protected abstract int[] prompt();

    /**
     * {@return the tokens that another implementation gives after the prompt, the likeliest one
     * each time; empty to go without, visibly}
     */
    protected abstract int[] continuation();

    /**
     * {@return how far logits may be apart, see {@link Tensors#difference}, that were computed from
     * the same tokens in other portions}
     */
    protected double tolerance() {
        return 1e-4;
    }

    /** Writes the inputs that condition the sequence and runs; does nothing unless overridden. */
    protected void condition(TokenSession session) {}

    @Override
    final void useOnce(Session session) {
        TokenSession tokens = (TokenSession) session;
        condition(tokens);
        feedAll(tokens, prompt());
        tokens.logits();
    }

    private TokenSession open(Model model) {
        Session session = model.open();
        assertThat(session).isInstanceOf(TokenSession.class);
        TokenSession tokens = (TokenSession) session;
        condition(tokens);
        return tokens;
    }

    private static void feedAll(TokenSession session, int... ids) {
        session.feed(ids, 0, ids.length);
    }

    private static int likeliest(Tensor logits) {
        int best = 0;
        for (int id = 1; id < logits.elements(); id++) {
            if (logits.floats().get(id) > logits.floats().get(best)) {
                best = id;
            }
        }
        return best;
    }

    private static int[] greedy(TokenSession session, int[] prompt, int tokens) {
        feedAll(session, prompt);
        int[] ids = new int[tokens];
        for (int i = 0; i < tokens; i++) {
            ids[i] = likeliest(session.logits());
            feedAll(session, ids[i]);
        }
        return ids;
    }

    private int[] greedyOfANewSession(Model model, int[] prompt) {
        try (TokenSession session = open(model)) {
            return greedy(session, prompt, TOKENS);
        }
    }

    private Tensor logitsAfterPromptOfANewSession(Model model) {
        try (TokenSession session = open(model)) {
            feedAll(session, prompt());
            return Tensors.copy(session.logits());
        }
    }

    private void assertLogits(Tensor expected, Tensor found) {
        assertThat(Tensors.difference(expected, found, tolerance())).isEmpty();
    }

    /** The prompt from its second token on: other tokens that the model knows as well. */
    private int[] otherPrompt() {
        return Arrays.copyOfRange(prompt(), 1, prompt().length);
    }

    @Test
    void aNewSessionIsEmptyAndHasRoom() {
        try (Model model = load(model());
                TokenSession session = open(model)) {
            assertThat(session.position()).isZero();
            assertThat(session.capacity())
                    .isGreaterThanOrEqualTo(prompt().length + Math.max(TOKENS, 3));
        }
    }

    @Test
    void thePositionCountsTheTokens() {
        try (Model model = load(model());
                TokenSession session = open(model)) {
            feedAll(session, prompt());
            assertThat(session.position()).isEqualTo(prompt().length);
            session.feed(prompt(), 1, 2);
            assertThat(session.position()).isEqualTo(prompt().length + 1);
            session.reset();
            assertThat(session.position()).isZero();
        }
    }

    @Test
    void theLogitsAreOneFiniteNumberForEachToken() {
        try (Model model = load(model());
                TokenSession session = open(model)) {
            feedAll(session, prompt());
            Tensor logits = session.logits();
            assertThat(logits.type()).isEqualTo(Tensor.Type.FLOAT32);
            assertThat(logits.rank()).isEqualTo(1);
            for (float logit : Tensors.floats(logits)) {
                assertThat(logit).isFinite();
            }
        }
    }

    @Test
    void theLikeliestTokensAreTheGoldenOnes() {
        assumeGiven(continuation().length > 0, "continuation()");
        try (Model model = load(model());
                TokenSession session = open(model)) {
            assertThat(greedy(session, prompt(), continuation().length))
                    .containsExactly(continuation());
        }
    }

    @Test
    void theSamePromptGivesTheSameTokens() {
        try (Model model = load(model());
                TokenSession session = open(model)) {
            int[] first = greedy(session, prompt(), TOKENS);
            session.reset();
            condition(session);
            assertThat(greedy(session, prompt(), TOKENS)).containsExactly(first);
            assertThat(greedyOfANewSession(model, prompt())).containsExactly(first);
        }
    }

    @Test
    void thePromptInPiecesIsThePromptAtOnce() {
        try (Model model = load(model());
                TokenSession session = open(model)) {
            Tensor atOnce = logitsAfterPromptOfANewSession(model);
            int length = prompt().length;
            for (int cut = 1; cut < length; cut++) {
                session.reset();
                condition(session);
                session.feed(prompt(), 0, cut);
                session.feed(prompt(), cut, length);
                assertLogits(atOnce, session.logits());
            }
            session.reset();
            condition(session);
            for (int id : prompt()) {
                feedAll(session, id);
            }
            assertLogits(atOnce, session.logits());
        }
    }

    @Test
    void whatWasRewoundWasNeverFed() {
        try (Model model = load(model());
                TokenSession session = open(model)) {
            Tensor expected = logitsAfterPromptOfANewSession(model);
            int last = prompt().length - 1;
            session.feed(prompt(), 0, last);
            feedAll(session, otherPrompt());
            session.rewind(last);
            assertThat(session.position()).isEqualTo(last);
            session.feed(prompt(), last, last + 1);
            assertLogits(expected, session.logits());
        }
    }

    @Test
    void aSessionRewoundToItsStartTakesAnotherPrompt() {
        try (Model model = load(model());
                TokenSession session = open(model)) {
            greedy(session, otherPrompt(), TOKENS);
            session.rewind(0);
            condition(session);
            assertThat(greedy(session, prompt(), TOKENS))
                    .containsExactly(greedyOfANewSession(model, prompt()));
        }
    }

    @Test
    void rewindRefusesAPositionThatIsNotThere() {
        try (Model model = load(model());
                TokenSession session = open(model)) {
            feedAll(session, prompt());
            for (int wrong : new int[] {-1, prompt().length + 1}) {
                assertThatThrownBy(() -> session.rewind(wrong))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(session.position()).isEqualTo(prompt().length);
        }
    }

    @Test
    void tokensThatDoNotFitAreRefusedAndNoneIsFed() {
        try (Model model = load(model());
                TokenSession session = open(model)) {
            int last = prompt().length - 1;
            session.feed(prompt(), 0, last);
            int[] tooMany = new int[session.capacity() - last + 1];
            Arrays.fill(tooMany, prompt()[0]);
            assertThatThrownBy(() -> feedAll(session, tooMany))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused ->
                                    assertThat(refused.kind())
                                            .isEqualTo(GanglionException.Kind.INPUT))
                    .hasMessageContaining(Integer.toString(session.capacity()));
            assertThat(session.position()).isEqualTo(last);
            session.feed(prompt(), last, last + 1);
            assertLogits(logitsAfterPromptOfANewSession(model), session.logits());
        }
    }

    @Test
    void anIdOutsideTheVocabularyIsRefusedAndNoneIsFed() {
        try (Model model = load(model());
                TokenSession session = open(model)) {
            feedAll(session, prompt());
            int vocabulary = session.logits().elements();
            for (int wrong : new int[] {-1, vocabulary}) {
                assertThatThrownBy(() -> feedAll(session, prompt()[0], wrong))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(Integer.toString(wrong));
                assertThat(session.position()).isEqualTo(prompt().length);
            }
        }
    }

    @Test
    void indexesOutsideTheArrayAreRefusedAndNoneIsFed() {
        try (Model model = load(model());
                TokenSession session = open(model)) {
            int[][] wrong = {{-1, 1}, {0, prompt().length + 1}, {2, 1}};
            for (int[] range : wrong) {
                assertThatThrownBy(() -> session.feed(prompt(), range[0], range[1]))
                        .isInstanceOfAny(
                                IndexOutOfBoundsException.class, IllegalArgumentException.class);
            }
            assertThat(session.position()).isZero();
        }
    }

    @Test
    void twoSessionsDoNotMix() {
        try (Model model = load(model());
                TokenSession first = open(model);
                TokenSession second = open(model)) {
            feedAll(first, prompt());
            feedAll(second, otherPrompt());
            List<Integer> ofFirst = new ArrayList<>();
            List<Integer> ofSecond = new ArrayList<>();
            for (int i = 0; i < TOKENS; i++) {
                ofFirst.add(likeliest(first.logits()));
                ofSecond.add(likeliest(second.logits()));
                feedAll(first, ofFirst.get(i));
                feedAll(second, ofSecond.get(i));
            }
            assertThat(ofFirst)
                    .containsExactlyElementsOf(asList(greedyOfANewSession(model, prompt())));
            assertThat(ofSecond)
                    .containsExactlyElementsOf(asList(greedyOfANewSession(model, otherPrompt())));
        }
    }

    private static List<Integer> asList(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }

    @Test
    void manyThreadsWithTheirOwnSessionsDoNotMix() {
        try (Model model = load(model())) {
            List<Runnable> work = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int[] prompt = thread % 2 == 0 ? prompt() : otherPrompt();
                int[] alone = greedyOfANewSession(model, prompt);
                work.add(
                        () ->
                                assertThat(greedyOfANewSession(model, prompt))
                                        .containsExactly(alone));
            }
            Threads.together(work);
        }
    }

    @Test
    void aCancelledSessionRefusesTokensUntilItIsReset() {
        try (Model model = load(model());
                TokenSession session = open(model)) {
            feedAll(session, prompt());
            Threads.start(session::cancel).get();
            for (int i = 0; i < 2; i++) {
                EngineContract.assertReopen(() -> session.feed(prompt(), 0, 1));
            }
            session.reset();
            condition(session);
            assertThat(greedy(session, prompt(), TOKENS))
                    .containsExactly(greedyOfANewSession(model, prompt()));
        }
    }

    @Test
    void cancelFromAnotherThreadEndsTheFeedUnderWay() {
        try (Model model = load(model());
                TokenSession session = open(model)) {
            int[] full = new int[session.capacity()];
            Arrays.fill(full, prompt()[0]);
            CountDownLatch feeding = new CountDownLatch(1);
            Threads.Task<?> stream =
                    Threads.start(
                            () ->
                                    EngineContract.assertReopen(
                                            () -> {
                                                while (true) {
                                                    feeding.countDown();
                                                    feedAll(session, full);
                                                    session.rewind(0);
                                                    condition(session);
                                                }
                                            }));
            Threads.await(feeding);
            session.cancel();
            stream.get();
            assertThat(session.position()).isBetween(0, session.capacity());
            session.reset();
            condition(session);
            assertThat(greedy(session, prompt(), TOKENS))
                    .containsExactly(greedyOfANewSession(model, prompt()));
        }
    }

    @Test
    void cancellingOneSessionLeavesAnotherWorking() {
        try (Model model = load(model());
                TokenSession cancelled = open(model);
                TokenSession session = open(model)) {
            cancelled.cancel();
            assertThat(greedy(session, prompt(), TOKENS))
                    .containsExactly(greedyOfANewSession(model, prompt()));
        }
    }

    @Test
    void aClosedSessionRefusesToBeUsed() {
        try (Model model = load(model())) {
            TokenSession session = open(model);
            feedAll(session, prompt());
            session.close();
            assertThatThrownBy(() -> session.feed(prompt(), 0, 1))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(session::logits).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> session.rewind(0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aTokenAllocatesNothing() {
        try (Model model = load(model());
                TokenSession session = open(model)) {
            int start = prompt().length;
            int[] ids = prompt();
            feedAll(session, ids);
            long bytes =
                    bytesPerCall(
                            () -> {
                                session.feed(ids, 0, 1);
                                session.logits();
                                session.rewind(start);
                            });
            assertThat(bytes).as("bytes per token").isLessThanOrEqualTo(allocatedBytesPerStep());
        }
    }
}
