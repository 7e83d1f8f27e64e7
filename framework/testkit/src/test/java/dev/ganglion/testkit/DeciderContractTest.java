package dev.ganglion.testkit;

import dev.ganglion.api.data.Decision;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.decide.Decider;
import dev.ganglion.api.infer.Steps;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.toy.ToyDecider;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Each fault fails the test that is there to find it; for the stages see its own test. */
class DeciderContractTest {
    abstract static class Broken extends DeciderContract {
        @Override
        protected ModelPackage model() {
            return ModelPackage.of(new ModelId("m", "1"), "toy-linear", Path.of("m.toy"))
                    .withTensors(
                            List.of(),
                            List.of(TensorSpec.of("scores", Tensor.Type.FLOAT32, "1", 1, 2)))
                    .withLabels(Map.of("scores", List.of("off", "on")));
        }

        @Override
        protected List<Map<String, Tensor>> utterance() {
            return List.of(
                    Map.of("scores", Tensors.of(new float[] {0, 0.1f}, 1, 2)),
                    Map.of("scores", Tensors.of(new float[] {0, 3}, 1, 2)));
        }
    }

    static class Wrapped implements Decider {
        final ToyDecider good = new ToyDecider();

        @Override
        public String name() {
            return good.name();
        }

        @Override
        public List<Parameter> options() {
            return good.options();
        }

        @Override
        public List<TensorSpec> inputs(ModelPackage model, Options options) {
            return good.inputs(model, options);
        }

        @Override
        public Stage<Steps, Decision> open(
                ModelPackage model, Options options, Function<CharSequence, Steps> infer) {
            return good.open(model, options, infer);
        }
    }

    static class ReadsAnotherTensor extends Broken {
        @Override
        protected Decider decider() {
            return new Wrapped() {
                @Override
                public List<TensorSpec> inputs(ModelPackage model, Options options) {
                    return List.of(TensorSpec.of("marks", Tensor.Type.FLOAT32, "1", 1, 2));
                }
            };
        }
    }

    @Test
    void aTensorThatTheModelDoesNotHaveIsFound() {
        Kits.assertFails(ReadsAnotherTensor.class, "whatItReadsIsAmongTheOutputsOfTheModel");
    }

    static class ReadsAnotherShape extends Broken {
        @Override
        protected Decider decider() {
            return new Wrapped() {
                @Override
                public List<TensorSpec> inputs(ModelPackage model, Options options) {
                    return List.of(TensorSpec.of("scores", Tensor.Type.FLOAT32, "1", 1, 3));
                }
            };
        }
    }

    @Test
    void aShapeThatTheModelDoesNotGiveIsFound() {
        Kits.assertFails(ReadsAnotherShape.class, "whatItReadsIsAmongTheOutputsOfTheModel");
    }

    /** Answers the same name to everything, without looking. */
    static class WorksWithAnything extends Broken {
        @Override
        protected Decider decider() {
            return new Wrapped() {
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
                            while (item.advance()) {
                                out.accept(new Decision(" ", Map.of(), 1, true));
                            }
                        }

                        @Override
                        public void flush(Consumer<? super Decision> out) {}
                    };
                }
            };
        }
    }

    @Test
    void aModelThatIsNotLookedAtIsFound() {
        Kits.assertFails(WorksWithAnything.class, "aModelThatItCannotWorkWithIsRefused");
    }

    @Test
    void aDeciderThatAdvancesIsFound() {
        Kits.assertFails(WorksWithAnything.class, "itLeavesAdvancingToTheRoute");
    }

    @Test
    void aDecisionWithoutANameIsFound() {
        Kits.assertFails(WorksWithAnything.class, "eachDecisionHasAName");
    }

    /** Stays decided after a flush. */
    static class DecidesOnce extends Broken {
        @Override
        protected Decider decider() {
            return new Wrapped() {
                @Override
                public Stage<Steps, Decision> open(
                        ModelPackage model, Options options, Function<CharSequence, Steps> infer) {
                    Stage<Steps, Decision> stage = super.open(model, options, infer);
                    return new Stage<>() {
                        @Override
                        public void push(Steps item, Consumer<? super Decision> out) {
                            stage.push(item, out);
                        }

                        @Override
                        public void flush(Consumer<? super Decision> out) {}
                    };
                }
            };
        }
    }

    @Test
    void aDeciderThatDecidesOnlyOnceIsFound() {
        Kits.assertFails(DecidesOnce.class, "anUtteranceEndedByASureDecisionLeavesNothingBehind");
        Kits.assertNestedFails(DecidesOnce.class, "aFlushStartsAnew");
    }

    /** Reads the tensors only when all steps are over and the memory holds something else. */
    static class ReadsTooLate extends Broken {
        @Override
        protected Decider decider() {
            return new Wrapped() {
                @Override
                public Stage<Steps, Decision> open(
                        ModelPackage model, Options options, Function<CharSequence, Steps> infer) {
                    Stage<Steps, Decision> stage = super.open(model, options, infer);
                    return new Stage<>() {
                        private final List<Steps> kept = new java.util.ArrayList<>();

                        @Override
                        public void push(Steps item, Consumer<? super Decision> out) {
                            kept.add(item);
                        }

                        @Override
                        public void flush(Consumer<? super Decision> out) {
                            kept.forEach(steps -> stage.push(steps, out));
                            kept.clear();
                            stage.flush(out);
                        }
                    };
                }
            };
        }
    }

    @Test
    void aTensorThatIsReadTooLateIsFound() {
        Kits.assertNestedFails(ReadsTooLate.class, "howTheInputWasCutDoesNotShow");
    }

    /** Decides at the word "on" of a model that generates. */
    abstract static class Listening extends DeciderContract {
        private final ModelPackage model =
                ModelPackage.of(new ModelId("m", "1"), "toy-tokens", Path.of("m.toy"));

        Stage<Steps, Decision> listening() {
            return new Stage<>() {
                @Override
                public void push(Steps item, Consumer<? super Decision> out) {
                    if (item.said().toString().equals("turn on")) {
                        out.accept(new Decision("on", Map.of(), item.probability(), true));
                    }
                }

                @Override
                public void flush(Consumer<? super Decision> out) {}
            };
        }

        @Override
        protected Decider decider() {
            return new Wrapped() {
                @Override
                public List<TensorSpec> inputs(ModelPackage given, Options options) {
                    if (given.format().equals("none")) {
                        throw new GanglionException(GanglionException.Kind.SETUP, "says nothing");
                    }
                    return List.of();
                }

                @Override
                public Stage<Steps, Decision> open(
                        ModelPackage given, Options options, Function<CharSequence, Steps> infer) {
                    return listening();
                }
            };
        }

        @Override
        protected ModelPackage model() {
            return model;
        }

        @Override
        protected ModelPackage unsuitableModel() {
            return ModelPackage.of(new ModelId("m", "2"), "none", Path.of("m.toy"));
        }

        @Override
        protected List<Map<String, Tensor>> utterance() {
            return List.of();
        }

        @Override
        protected List<String> says() {
            return List.of("turn", " on", " please");
        }
    }

    /** Keeps what was said until it says something else. */
    static class ReadsWhatWasSaidTooLate extends Listening {
        @Override
        Stage<Steps, Decision> listening() {
            Stage<Steps, Decision> good = super.listening();
            return new Stage<>() {
                private final List<Steps> kept = new java.util.ArrayList<>();

                @Override
                public void push(Steps item, Consumer<? super Decision> out) {
                    kept.add(item);
                }

                @Override
                public void flush(Consumer<? super Decision> out) {
                    kept.forEach(steps -> good.push(steps, out));
                    kept.clear();
                }
            };
        }
    }

    @Test
    void whatWasSaidAndIsReadTooLateIsFound() {
        Kits.assertNestedFails(ReadsWhatWasSaidTooLate.class, "howTheInputWasCutDoesNotShow");
    }

    /** Refuses nothing that is said. */
    static class TakesEverything extends Listening {
        @Override
        protected List<String> saysWrongly() {
            return List.of("off");
        }
    }

    @Test
    void anAnswerThatIsNotRefusedIsFound() {
        Kits.assertNestedFails(TakesEverything.class, "aRefusedItemLeavesTheStageAsFlushed");
    }
}
