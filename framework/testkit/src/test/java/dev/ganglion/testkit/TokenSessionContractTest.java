package dev.ganglion.testkit;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.infer.TokenSession;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.toy.ToyModels;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each fault fails the test that is there to find it. */
class TokenSessionContractTest {
    abstract static class Broken extends TokenSessionContract {
        @TempDir Path folder;

        @Override
        protected Engine engine() {
            return new WrappedEngine() {
                @Override
                Session wrap(ModelSession session) {
                    return broken(session.good);
                }
            };
        }

        abstract Session broken(Session good);

        @Override
        protected ModelPackage model() {
            return ToyModels.tokens(folder, new ModelId("tokens", "1"), 64, 32);
        }

        @Override
        protected int[] prompt() {
            return new int[] {5, 9, 2, 40};
        }

        @Override
        protected int[] continuation() {
            return new int[] {44, 2, 61};
        }
    }

    static class LeavesRewoundTokens extends Broken {
        @Override
        Session broken(Session good) {
            return new WrappedEngine.ModelSession(good) {
                @Override
                public void rewind(int position) {}

                @Override
                public void reset() {}
            };
        }
    }

    @Test
    void tokensThatStayAfterARewindOrAResetAreFound() {
        Kits.assertFails(LeavesRewoundTokens.class, "whatWasRewoundWasNeverFed");
        Kits.assertFails(LeavesRewoundTokens.class, "rewindRefusesAPositionThatIsNotThere");
        Kits.assertFails(LeavesRewoundTokens.class, "aSessionRewoundToItsStartTakesAnotherPrompt");
        Kits.assertFails(LeavesRewoundTokens.class, "theSamePromptGivesTheSameTokens");
        Kits.assertFails(LeavesRewoundTokens.class, "thePositionCountsTheTokens");
    }

    /** Begins anew with each portion. */
    static class ForgetsBetweenPortions extends Broken {
        @Override
        Session broken(Session good) {
            return new WrappedEngine.ModelSession(good) {
                @Override
                public void feed(int[] ids, int from, int to) {
                    super.rewind(0);
                    super.feed(ids, from, to);
                }
            };
        }
    }

    @Test
    void aPromptThatDependsOnItsPortionsIsFound() {
        Kits.assertFails(ForgetsBetweenPortions.class, "thePromptInPiecesIsThePromptAtOnce");
        Kits.assertFails(ForgetsBetweenPortions.class, "theLikeliestTokensAreTheGoldenOnes");
    }

    /** Feeds what fits before it refuses. */
    static class FeedsHalf extends Broken {
        @Override
        Session broken(Session good) {
            return new WrappedEngine.ModelSession(good) {
                @Override
                public void feed(int[] ids, int from, int to) {
                    super.feed(ids, from, Math.min(to, from + capacity() - position()));
                    if (to - from > capacity()) {
                        throw new GanglionException(
                                GanglionException.Kind.INPUT, "more than " + capacity());
                    }
                }
            };
        }
    }

    /** One token less than there is room for is refused, one more is not. */
    static class DropsWhatDoesNotFit extends Broken {
        @Override
        Session broken(Session good) {
            return new WrappedEngine.ModelSession(good) {
                @Override
                public void feed(int[] ids, int from, int to) {
                    super.feed(ids, from, Math.min(to, from + capacity() - position()));
                }
            };
        }
    }

    @Test
    void anOverflowThatFeedsSomethingIsFound() {
        Kits.assertFails(FeedsHalf.class, "tokensThatDoNotFitAreRefusedAndNoneIsFed");
        Kits.assertFails(DropsWhatDoesNotFit.class, "tokensThatDoNotFitAreRefusedAndNoneIsFed");
    }

    static class ChecksNothing extends Broken {
        @Override
        Session broken(Session good) {
            return new WrappedEngine.ModelSession(good) {
                @Override
                public void feed(int[] ids, int from, int to) {
                    for (int i = Math.max(0, from); i < Math.min(to, ids.length); i++) {
                        super.feed(new int[] {Math.floorMod(ids[i], 64)}, 0, 1);
                    }
                }

                @Override
                public Tensor logits() {
                    Tensor logits = Tensors.copy(super.logits());
                    logits.floats().put(63, Float.NaN);
                    return logits;
                }
            };
        }
    }

    @Test
    void idsAndIndexesThatAreNotCheckedAreFound() {
        Kits.assertFails(ChecksNothing.class, "anIdOutsideTheVocabularyIsRefusedAndNoneIsFed");
        Kits.assertFails(ChecksNothing.class, "indexesOutsideTheArrayAreRefusedAndNoneIsFed");
    }

    @Test
    void logitsThatAreNoNumbersOrFreshMemoryAreFound() {
        Kits.assertFails(ChecksNothing.class, "theLogitsAreOneFiniteNumberForEachToken");
        Kits.assertFails(ChecksNothing.class, "aTokenAllocatesNothing");
    }

    static class IgnoresCancelAndClose extends Broken {
        @Override
        Session broken(Session good) {
            return new WrappedEngine.ModelSession(good) {
                @Override
                public void cancel() {}

                @Override
                public void close() {}
            };
        }
    }

    @Test
    void aCancelOrACloseThatIsIgnoredIsFound() {
        Kits.assertFails(
                IgnoresCancelAndClose.class, "aCancelledSessionRefusesTokensUntilItIsReset");
        Kits.assertFails(IgnoresCancelAndClose.class, "aClosedSessionRefusesToBeUsed");
    }

    static class SharesOneSequence extends Broken {
        @Override
        protected Engine engine() {
            return new WrappedEngine() {
                @Override
                Model wrap(Model model) {
                    TokenSession only = (TokenSession) model.open();
                    return new WrappedModel(model) {
                        @Override
                        public Session open() {
                            return new ModelSession(only) {
                                @Override
                                public void close() {}
                            };
                        }
                    };
                }
            };
        }

        @Override
        Session broken(Session good) {
            return good;
        }
    }

    @Test
    void streamsThatShareTheirTokensAreFound() {
        Kits.assertFails(SharesOneSequence.class, "twoSessionsDoNotMix");
        Kits.assertFails(SharesOneSequence.class, "manyThreadsWithTheirOwnSessionsDoNotMix");
    }
}
