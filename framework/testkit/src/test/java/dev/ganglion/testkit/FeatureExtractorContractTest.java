package dev.ganglion.testkit;

import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.encode.FeatureExtractor;
import dev.ganglion.testkit.toy.ToyExtractor;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Each fault fails the test that is there to find it; for the stages see its own test. */
class FeatureExtractorContractTest {
    /** Says one thing and does another. */
    static class SaysAnotherShape extends FeatureExtractorContract {
        @Override
        protected FeatureExtractor extractor() {
            return new Wrapped() {
                @Override
                public TensorSpec output(Options options) {
                    return TensorSpec.of("values", Tensor.Type.FLOAT32, "1", 2);
                }
            };
        }
    }

    static class Wrapped implements FeatureExtractor {
        private final ToyExtractor good = new ToyExtractor();

        @Override
        public String name() {
            return good.name();
        }

        @Override
        public TensorSpec input(Options options) {
            return good.input(options);
        }

        @Override
        public TensorSpec output(Options options) {
            return good.output(options);
        }

        @Override
        public Stage<Tensor, Tensor> open(Options options) {
            return good.open(options);
        }
    }

    @Test
    void resultsThatDoNotFitTheOutputAreFound() {
        Kits.assertFails(SaysAnotherShape.class, "eachResultFitsTheOutput");
    }

    static class SaysNoUnit extends FeatureExtractorContract {
        @Override
        protected FeatureExtractor extractor() {
            return new Wrapped() {
                @Override
                public TensorSpec input(Options options) {
                    return TensorSpec.of("values", Tensor.Type.FLOAT32, "", -1);
                }
            };
        }
    }

    @Test
    void aMissingUnitIsFound() {
        Kits.assertFails(SaysNoUnit.class, "itTakesAndGivesTensorsWithUnits");
    }

    static class GivesNothing extends FeatureExtractorContract {
        @Override
        protected FeatureExtractor extractor() {
            return new Wrapped() {
                @Override
                public Stage<Tensor, Tensor> open(Options options) {
                    return new Stage<>() {
                        @Override
                        public void push(Tensor item, Consumer<? super Tensor> out) {}

                        @Override
                        public void flush(Consumer<? super Tensor> out) {}
                    };
                }
            };
        }
    }

    @Test
    void anExtractorThatGivesNothingIsFound() {
        Kits.assertFails(GivesNothing.class, "eachResultFitsTheOutput");
    }

    /** Keeps a window from push to push, and lets each push end one. */
    static class CountsPushes extends FeatureExtractorContract {
        @Override
        protected FeatureExtractor extractor() {
            return new Wrapped() {
                @Override
                public Stage<Tensor, Tensor> open(Options options) {
                    Stage<Tensor, Tensor> good = super.open(options);
                    return new Stage<>() {
                        @Override
                        public void push(Tensor item, Consumer<? super Tensor> out) {
                            good.push(item, out);
                            good.flush(out);
                        }

                        @Override
                        public void flush(Consumer<? super Tensor> out) {
                            good.flush(out);
                        }
                    };
                }
            };
        }
    }

    @Test
    void aCutThatShowsInTheFeaturesIsFound() {
        Kits.assertNestedFails(CountsPushes.class, "howTheInputWasCutDoesNotShow");
    }
}
