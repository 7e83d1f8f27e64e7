package dev.ganglion.testkit;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.encode.Segmenter;
import dev.ganglion.api.infer.Session;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A segmenter passes, each fault is found; for the stages see {@link StageContractTest}. */
class SegmenterContractTest {
    private static final TensorSpec VALUES =
            TensorSpec.of("values", Tensor.Type.FLOAT32, "1", TensorSpec.ANY).atRateHz(10);

    abstract static class OnRuns extends SegmenterContract {
        @Override
        protected Tensor content() {
            float[] values = new float[60];
            for (int i = 0; i < values.length; i++) {
                values[i] = i % 10 < 4 || i > 50 ? 0 : i;
            }
            return Tensors.of(values, values.length);
        }

        @Override
        protected Session session(String name) {
            return new NoModel();
        }
    }

    /** A run of values above 0 is an utterance; each value is held until the next one is known. */
    static class Runs implements Segmenter {
        @Override
        public String name() {
            return "runs";
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
        public Stage<Sample<Tensor>, Sample<Tensor>> open(
                Options options, Function<String, Session> models) {
            return new RunsStage(models.apply("above-zero"));
        }
    }

    static class RunsStage implements Stage<Sample<Tensor>, Sample<Tensor>> {
        final Tensor value = Tensor.allocate(Tensor.Type.FLOAT32, 1);
        final Session session;
        String stream = "";
        boolean held;
        long heldNanos;
        long sequence;

        RunsStage(Session session) {
            this.session = session;
        }

        @Override
        public void push(Sample<Tensor> item, Consumer<? super Sample<Tensor>> out) {
            boolean done = false;
            try {
                stream = item.stream();
                if (VALUES.mismatch(item.value()) != null) {
                    throw new IllegalArgumentException("no values: " + item.value());
                }
                for (int i = 0; i < item.value().elements(); i++) {
                    take(item.value().floats().get(i), item.capturedNanos(), out);
                }
                done = true;
            } finally {
                held &= done;
            }
        }

        void take(float next, long nanos, Consumer<? super Sample<Tensor>> out) {
            if (held) {
                held = false;
                give(next <= 0, out);
            }
            held = next > 0;
            heldNanos = nanos;
            if (held) {
                value.floats().put(0, next);
            }
        }

        void give(boolean last, Consumer<? super Sample<Tensor>> out) {
            out.accept(new Sample<>(stream, ++sequence, heldNanos, value, last));
        }

        @Override
        public void flush(Consumer<? super Sample<Tensor>> out) {
            if (held) {
                held = false;
                give(true, out);
            }
        }

        @Override
        public void close() {
            session.close();
        }
    }

    /** Is opened and closed, and computes nothing. */
    static class NoModel implements Session {
        @Override
        public Tensor input(String name, long... shape) {
            throw new IllegalArgumentException("no inputs");
        }

        @Override
        public void run() {}

        @Override
        public Tensor output(String name) {
            throw new IllegalArgumentException("no outputs");
        }

        @Override
        public void reset() {}

        @Override
        public void cancel() {}

        @Override
        public void close() {}
    }

    @Nested
    class AGoodSegmenter extends OnRuns {
        @Override
        protected Segmenter segmenter() {
            return new Runs();
        }
    }

    /** Opens another stage than the good one. */
    abstract static class Broken extends OnRuns {
        abstract RunsStage stage(Session session);

        @Override
        protected Segmenter segmenter() {
            return new Runs() {
                @Override
                public Stage<Sample<Tensor>, Sample<Tensor>> open(
                        Options options, Function<String, Session> models) {
                    return stage(models.apply("above-zero"));
                }
            };
        }
    }

    static class NeverSaysLast extends Broken {
        @Override
        RunsStage stage(Session session) {
            return new RunsStage(session) {
                @Override
                void give(boolean last, Consumer<? super Sample<Tensor>> out) {
                    super.give(false, out);
                }
            };
        }
    }

    @Test
    void anUtteranceThatNeverEndsIsFound() {
        Kits.assertFails(NeverSaysLast.class, "eachUtteranceHoldsSomethingAndEndsOnce");
        Kits.assertFails(NeverSaysLast.class, "anUtteranceEndsByItself");
        Kits.assertFails(NeverSaysLast.class, "aFlushClosesAnUtteranceThatIsOpen");
    }

    static class SaysLastTwice extends Broken {
        @Override
        RunsStage stage(Session session) {
            return new RunsStage(session) {
                @Override
                void give(boolean last, Consumer<? super Sample<Tensor>> out) {
                    super.give(last, out);
                    if (last) {
                        Tensor nothing = Tensor.allocate(Tensor.Type.FLOAT32, 0);
                        out.accept(new Sample<>(stream, ++sequence, heldNanos, nothing, true));
                    }
                }
            };
        }
    }

    @Test
    void anUtteranceThatEndsTwiceIsFound() {
        Kits.assertFails(SaysLastTwice.class, "eachUtteranceHoldsSomethingAndEndsOnce");
    }

    static class EndsOnlyWhenFlushed extends Broken {
        @Override
        RunsStage stage(Session session) {
            return new RunsStage(session) {
                private boolean flushing;

                @Override
                void give(boolean last, Consumer<? super Sample<Tensor>> out) {
                    super.give(flushing, out);
                }

                @Override
                public void flush(Consumer<? super Sample<Tensor>> out) {
                    flushing = true;
                    super.flush(out);
                    flushing = false;
                }
            };
        }
    }

    @Test
    void aStageThatWaitsForTheFlushIsFound() {
        Kits.assertFails(EndsOnlyWhenFlushed.class, "anUtteranceEndsByItself");
    }

    static class DropsWhatIsOpenAtTheFlush extends Broken {
        @Override
        RunsStage stage(Session session) {
            return new RunsStage(session) {
                @Override
                public void flush(Consumer<? super Sample<Tensor>> out) {
                    held = false;
                }
            };
        }
    }

    @Test
    void aFlushThatDropsAnUtteranceIsFound() {
        Kits.assertFails(DropsWhatIsOpenAtTheFlush.class, "aFlushClosesAnUtteranceThatIsOpen");
    }

    static class CountsFromOneAfterAFlush extends Broken {
        @Override
        RunsStage stage(Session session) {
            return new RunsStage(session) {
                @Override
                public void flush(Consumer<? super Sample<Tensor>> out) {
                    super.flush(out);
                    sequence = 0;
                }
            };
        }
    }

    @Test
    void aSequenceThatFallsIsFound() {
        Kits.assertFails(CountsFromOneAfterAFlush.class, "theSequenceRisesAlsoAcrossAFlush");
    }

    static class ForgetsTheStream extends Broken {
        @Override
        RunsStage stage(Session session) {
            return new RunsStage(session) {
                @Override
                void give(boolean last, Consumer<? super Sample<Tensor>> out) {
                    stream = "";
                    super.give(last, out);
                }
            };
        }
    }

    @Test
    void aForgottenStreamIsFound() {
        Kits.assertFails(ForgetsTheStream.class, "theStreamIsThatOfTheInput");
    }

    static class CapturesAtTheBeginning extends Broken {
        @Override
        RunsStage stage(Session session) {
            return new RunsStage(session) {
                @Override
                void give(boolean last, Consumer<? super Sample<Tensor>> out) {
                    heldNanos = Long.MIN_VALUE;
                    super.give(last, out);
                }
            };
        }
    }

    @Test
    void aTimeBeforeTheInputIsFound() {
        Kits.assertFails(CapturesAtTheBeginning.class, "theTimesDoNotFallAndAreThoseOfTheInput");
    }

    static class CapturesInTheFuture extends Broken {
        @Override
        RunsStage stage(Session session) {
            return new RunsStage(session) {
                @Override
                void give(boolean last, Consumer<? super Sample<Tensor>> out) {
                    heldNanos += 10_000_000_000L;
                    super.give(last, out);
                }
            };
        }
    }

    @Test
    void aTimeInTheFutureIsFound() {
        Kits.assertFails(CapturesInTheFuture.class, "noResultIsFromTheFuture");
        Kits.assertFails(CapturesInTheFuture.class, "theTimesDoNotFallAndAreThoseOfTheInput");
    }

    static class LeavesTheSessionOpen extends Broken {
        @Override
        RunsStage stage(Session session) {
            return new RunsStage(session) {
                @Override
                public void close() {}
            };
        }
    }

    @Test
    void aSessionThatIsLeftOpenIsFound() {
        Kits.assertFails(LeavesTheSessionOpen.class, "theSessionsThatItOpenedAreClosedWithIt");
    }

    static class RunsNoModel extends OnRuns {
        @Override
        protected Segmenter segmenter() {
            return new Runs() {
                @Override
                public Stage<Sample<Tensor>, Sample<Tensor>> open(
                        Options options, Function<String, Session> models) {
                    return new RunsStage(new NoModel());
                }
            };
        }
    }

    @Test
    void aSegmenterWithoutModelSkipsWhatIsAboutSessions() {
        Kits.assertSkips(RunsNoModel.class, "theSessionsThatItOpenedAreClosedWithIt");
    }

    static class GivesAnotherRate extends OnRuns {
        @Override
        protected Segmenter segmenter() {
            return new Runs() {
                @Override
                public TensorSpec output(Options options) {
                    return VALUES.atRateHz(5);
                }
            };
        }
    }

    @Test
    void aRateThatChangesIsFound() {
        Kits.assertFails(GivesAnotherRate.class, "theRateStaysAsItIs");
    }

    static class GivesAnotherShape extends OnRuns {
        @Override
        protected Segmenter segmenter() {
            return new Runs() {
                @Override
                public TensorSpec output(Options options) {
                    return TensorSpec.of("values", Tensor.Type.FLOAT32, "1", 2).atRateHz(10);
                }
            };
        }
    }

    @Test
    void resultsThatDoNotFitTheOutputAreFound() {
        Kits.assertFails(GivesAnotherShape.class, "eachResultFitsTheOutput");
    }

    static class SaysNoUnit extends OnRuns {
        @Override
        protected Segmenter segmenter() {
            return new Runs() {
                @Override
                public TensorSpec input(Options options) {
                    return TensorSpec.of("values", Tensor.Type.FLOAT32, "", -1).atRateHz(10);
                }
            };
        }
    }

    @Test
    void aMissingUnitIsFound() {
        Kits.assertFails(SaysNoUnit.class, "itTakesAndGivesTensorsWithUnits");
    }

    /** Ends an utterance with each push. */
    static class CountsPushes extends Broken {
        @Override
        RunsStage stage(Session session) {
            return new RunsStage(session) {
                @Override
                public void push(Sample<Tensor> item, Consumer<? super Sample<Tensor>> out) {
                    super.push(item, out);
                    flush(out);
                }
            };
        }
    }

    @Test
    void aCutThatShowsIsFound() {
        Kits.assertNestedFails(CountsPushes.class, "howTheInputWasCutDoesNotShow");
    }
}
