package dev.ganglion.testkit;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.infer.Engine;
import dev.ganglion.api.infer.Model;
import dev.ganglion.api.infer.Session;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.api.model.ModelPackage;
import dev.ganglion.testkit.toy.ToyModels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each fault fails the test that is there to find it. */
class EngineContractTest {
    private static final String WITH_FOLDER = "(java.nio.file.Path)";

    abstract static class OnALeakyMean extends EngineContract {
        @TempDir Path folder;

        @Override
        protected ModelPackage model() {
            return ToyModels.recurrent(folder, new ModelId("mean", "1"), 0.5f);
        }

        @Override
        protected boolean remembers() {
            return true;
        }

        @Override
        protected List<GoldenStep> golden() {
            return List.of(
                    new GoldenStep(
                            Map.of("values", Tensors.of(new float[] {8}, 1)),
                            Map.of("level", Tensors.of(new float[] {4}, 1))));
        }
    }

    /** A fault in a session. */
    abstract static class BrokenSession extends OnALeakyMean {
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
    }

    static class ForgetsNothingOnReset extends BrokenSession {
        @Override
        Session broken(Session good) {
            return new WrappedEngine.ModelSession(good) {
                @Override
                public void reset() {}
            };
        }
    }

    @Test
    void aResetThatForgetsNothingIsFound() {
        Kits.assertFails(ForgetsNothingOnReset.class, "aResetSessionIsLikeANewOne");
        Kits.assertFails(
                ForgetsNothingOnReset.class, "aCancelledSessionRefusesToRunUntilItIsReset");
    }

    static class ComputesSomethingElse extends BrokenSession {
        @Override
        Session broken(Session good) {
            return new WrappedEngine.ModelSession(good) {
                @Override
                public void run() {
                    super.run();
                    Tensor level = output("level");
                    level.floats().put(0, level.floats().get(0) + 0.001f);
                }
            };
        }
    }

    @Test
    void numbersBesideTheGoldenOnesAreFound() {
        Kits.assertFails(ComputesSomethingElse.class, "goldenStepsComeOutWithinTheTolerance");
    }

    static class AlwaysSaysTheSame extends BrokenSession {
        @Override
        Session broken(Session good) {
            return new WrappedEngine.ModelSession(good) {
                @Override
                public void run() {
                    super.run();
                    output("level").floats().put(0, 4);
                }
            };
        }
    }

    @Test
    void anEngineThatAlwaysSaysTheSameIsFound() {
        Kits.assertFails(AlwaysSaysTheSame.class, "otherInputsGiveOtherOutputs");
        Kits.assertFails(AlwaysSaysTheSame.class, "aRepeatedStepDiffersOnlyWhenTheModelRemembers");
    }

    static class GivesFreshMemory extends BrokenSession {
        @Override
        Session broken(Session good) {
            return new WrappedEngine.ModelSession(good) {
                @Override
                public Tensor input(String name, long... shape) {
                    return Tensor.allocate(Tensor.Type.FLOAT32, shape);
                }

                @Override
                public void run() {
                    super.input("values", 3);
                    super.run();
                }

                @Override
                public Tensor output(String name) {
                    return Tensors.copy(super.output(name));
                }
            };
        }
    }

    @Test
    void freshMemoryForEachStepIsFound() {
        Kits.assertFails(GivesFreshMemory.class, "anInputStaysTheSameMemoryWhileItsShapeStays");
        Kits.assertFails(GivesFreshMemory.class, "anOutputStaysTheSameMemoryWhileTheShapesStay");
        Kits.assertFails(GivesFreshMemory.class, "aStepAllocatesNothingWhileTheShapesStay");
    }

    @Test
    void anInputThatIsTakenAsWrittenIsFound() {
        Kits.assertFails(GivesFreshMemory.class, "runRefusesAnInputThatWasNeverWritten");
    }

    static class TakesAnything extends BrokenSession {
        @Override
        Session broken(Session good) {
            return new WrappedEngine.ModelSession(good) {
                @Override
                public Tensor input(String name, long... shape) {
                    long elements = 1;
                    for (long size : shape) {
                        elements *= Math.abs(size);
                    }
                    return super.input("values", elements);
                }

                @Override
                public Tensor output(String name) {
                    return super.output("level");
                }
            };
        }
    }

    @Test
    void namesAndShapesThatAreNotCheckedAreFound() {
        Kits.assertFails(TakesAnything.class, "inputRefusesAnUnknownNameAndListsThoseThatExist");
        Kits.assertFails(TakesAnything.class, "inputRefusesAShapeWithAnotherNumberOfAxes");
        Kits.assertFails(TakesAnything.class, "inputRefusesAnAxisOfTheWrongSize");
        Kits.assertFails(TakesAnything.class, "outputRefusesAnUnknownNameAndListsThoseThatExist");
        Kits.assertFails(TakesAnything.class, "aRefusedInputLeavesTheSessionAsItWas");
    }

    static class SaysTooLittle extends BrokenSession {
        @Override
        Session broken(Session good) {
            return new WrappedEngine.ModelSession(good) {
                @Override
                public Tensor input(String name, long... shape) {
                    try {
                        return super.input(name, shape);
                    } catch (IllegalArgumentException precise) {
                        throw new IllegalArgumentException("not supported", precise);
                    }
                }
            };
        }
    }

    @Test
    void aMessageThatNamesNothingIsFound() {
        Kits.assertFails(SaysTooLittle.class, "inputRefusesAnUnknownNameAndListsThoseThatExist");
        Kits.assertFails(SaysTooLittle.class, "inputRefusesAShapeWithAnotherNumberOfAxes");
        Kits.assertFails(SaysTooLittle.class, "inputRefusesAnAxisOfTheWrongSize");
    }

    /** Cancels the step under way at most, and forgets it. */
    static class IgnoresCancel extends BrokenSession {
        @Override
        Session broken(Session good) {
            return new WrappedEngine.ModelSession(good) {
                @Override
                public void cancel() {}
            };
        }
    }

    @Test
    void aCancelThatIsIgnoredIsFound() {
        Kits.assertFails(IgnoresCancel.class, "aCancelledSessionRefusesToRunUntilItIsReset");
    }

    static class WorksAfterClose extends BrokenSession {
        @Override
        Session broken(Session good) {
            return new WrappedEngine.ModelSession(good) {
                @Override
                public void close() {}
            };
        }
    }

    @Test
    void aSessionThatWorksAfterCloseIsFound() {
        Kits.assertFails(WorksAfterClose.class, "aClosedSessionRefusesToBeUsed");
        Kits.assertFails(WorksAfterClose.class, "aClosedSessionIgnoresCancelAndRefusesReset");
    }

    static class ThrowsWhenClosedTwice extends BrokenSession {
        @Override
        Session broken(Session good) {
            return new WrappedEngine.ModelSession(good) {
                private boolean closed;

                @Override
                public void close() {
                    if (closed) {
                        throw new AssertionError("freed twice");
                    }
                    closed = true;
                    super.close();
                }
            };
        }
    }

    @Test
    void aSecondCloseThatFailsIsFound() {
        Kits.assertFails(ThrowsWhenClosedTwice.class, "aSessionMayBeClosedTwice");
    }

    /** One state for all streams, as an engine that is not thread-safe would have. */
    static class SharesOneState extends OnALeakyMean {
        @Override
        protected Engine engine() {
            return new WrappedEngine() {
                @Override
                Model wrap(Model model) {
                    Session only = model.open();
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
    }

    @Test
    void streamsThatShareTheirStateAreFound() {
        Kits.assertFails(SharesOneState.class, "twoSessionsDoNotMix");
        Kits.assertFails(SharesOneState.class, "manyThreadsWithTheirOwnSessionsDoNotMix");
        Kits.assertFails(SharesOneState.class, "theSameInputsGiveTheSameOutputs");
        Kits.assertFails(SharesOneState.class, "cancellingOneSessionLeavesAnotherWorking");
    }

    /** Steps together that go wrong in one way or another. */
    abstract static class WrongTogether extends OnALeakyMean {
        @Override
        protected Engine engine() {
            return new WrappedEngine() {
                @Override
                Model wrap(Model model) {
                    return new WrappedModel(model) {
                        @Override
                        public @Nullable String onlyAlone() {
                            return null;
                        }

                        @Override
                        public void runTogether(List<Session> sessions) {
                            together(sessions);
                        }
                    };
                }
            };
        }

        abstract void together(List<Session> sessions);
    }

    static class SwapsRows extends WrongTogether {
        @Override
        void together(List<Session> sessions) {
            for (int i = 0; i + 1 < sessions.size(); i += 2) {
                Session other = sessions.get(i + 1);
                Tensor mine = sessions.get(i).input("values", 3);
                Tensor theirs = other.input("values", 3);
                float first = mine.floats().get(0);
                mine.floats().put(0, theirs.floats().get(0));
                theirs.floats().put(0, first);
            }
            sessions.forEach(Session::run);
        }
    }

    static class ForgetsTheState extends WrongTogether {
        @Override
        void together(List<Session> sessions) {
            sessions.forEach(Session::reset);
            sessions.forEach(Session::run);
        }
    }

    static class RunsTheFirstBeforeItLooks extends WrongTogether {
        @Override
        void together(List<Session> sessions) {
            sessions.forEach(Session::run);
        }
    }

    @Test
    void stepsTogetherThatMixStreamsAreFound() {
        Kits.assertFails(SwapsRows.class, "sessionsThatMakeStepsTogetherGetWhatTheyGetAlone");
        Kits.assertFails(ForgetsTheState.class, "sessionsThatMakeStepsTogetherGetWhatTheyGetAlone");
        Kits.assertFails(ForgetsTheState.class, "manyThreadsWithGroupsOfTheirOwnDoNotMix");
    }

    @Test
    void aStepTogetherThatIsRefusedHalfWayIsFound() {
        Kits.assertFails(
                RunsTheFirstBeforeItLooks.class,
                "anInputThatWasNeverWrittenIsRefusedBeforeAnySessionMadeItsStep");
    }

    static class SaysOtherTensors extends OnALeakyMean {
        @Override
        protected Engine engine() {
            return new WrappedEngine() {
                @Override
                Model wrap(Model model) {
                    return new WrappedModel(model) {
                        @Override
                        public List<TensorSpec> inputs() {
                            return List.of(TensorSpec.of("values", Tensor.Type.FLOAT32, "Cel", -1));
                        }
                    };
                }
            };
        }
    }

    @Test
    void aModelThatSaysAnotherUnitThanItsCardIsFound() {
        Kits.assertFails(SaysOtherTensors.class, "theModelHasTheTensorsOfItsCard");
    }

    static class OpensAfterClose extends OnALeakyMean {
        @Override
        protected Engine engine() {
            return new WrappedEngine() {
                @Override
                Model wrap(Model model) {
                    return new WrappedModel(model) {
                        @Override
                        public void close() {}
                    };
                }
            };
        }
    }

    @Test
    void aModelThatOpensAfterCloseIsFound() {
        Kits.assertFails(OpensAfterClose.class, "aClosedModelOpensNoSession");
    }

    static class LeavesAThread extends OnALeakyMean {
        static volatile CountDownLatch stop = new CountDownLatch(1);

        @Override
        protected Engine engine() {
            return new WrappedEngine() {
                @Override
                Model wrap(Model model) {
                    Thread left = new Thread(() -> Threads.await(stop), "left");
                    left.setDaemon(true);
                    left.start();
                    return model;
                }
            };
        }
    }

    @Test
    void aThreadThatIsLeftIsFound() {
        LeavesAThread.stop = new CountDownLatch(1);
        try {
            Kits.assertFails(LeavesAThread.class, "noThreadIsLeftAfterClose");
        } finally {
            LeavesAThread.stop.countDown();
        }
    }

    /** Loads whatever it is given. */
    static class LoadsAnything extends OnALeakyMean {
        @Override
        protected Engine engine() {
            return new WrappedEngine() {
                @Override
                public Model load(ModelPackage source, Options options) {
                    return super.load(model(), options);
                }
            };
        }

        private ModelPackage good;

        @Override
        protected ModelPackage model() {
            if (good == null) {
                good = super.model();
            }
            return good;
        }
    }

    @Test
    void filesThatAreNotLookedAtAreFound() {
        for (String what : List.of("AMissingFile", "AnEmptyFile", "ATruncatedFile")) {
            Kits.assertFails(LoadsAnything.class, "loadRefuses" + what + "NamingIt" + WITH_FOLDER);
        }
        Kits.assertFails(
                LoadsAnything.class, "loadRefusesAFileOfAnotherFormatNamingIt" + WITH_FOLDER);
    }

    /** Says neither which file nor what to do, and to try again. */
    static class BlamesTheWeather extends OnALeakyMean {
        @Override
        protected Engine engine() {
            return new WrappedEngine() {
                @Override
                public Model load(ModelPackage source, Options options) {
                    try {
                        return super.load(source, options);
                    } catch (GanglionException precise) {
                        throw new GanglionException(
                                GanglionException.Kind.RETRY, precise.getMessage());
                    }
                }
            };
        }
    }

    static class NamesNoFile extends OnALeakyMean {
        @Override
        protected Engine engine() {
            return new WrappedEngine() {
                @Override
                public Model load(ModelPackage source, Options options) {
                    try {
                        return super.load(source, options);
                    } catch (GanglionException precise) {
                        throw new GanglionException(precise.kind(), "cannot load the model");
                    }
                }
            };
        }
    }

    @Test
    void aRefusalOfTheWrongKindOrWithoutTheFileIsFound() {
        for (Class<?> broken : List.of(BlamesTheWeather.class, NamesNoFile.class)) {
            Kits.assertFails(broken, "loadRefusesAMissingFileNamingIt" + WITH_FOLDER);
            Kits.assertFails(broken, "loadRefusesATruncatedFileNamingIt" + WITH_FOLDER);
        }
    }

    static class BadlyNamed extends OnALeakyMean {
        @Override
        protected Engine engine() {
            return new WrappedEngine() {
                @Override
                public String name() {
                    return "Toy_Engine";
                }

                @Override
                public Set<String> formats() {
                    return Set.of("something-else");
                }

                @Override
                public List<Parameter> options() {
                    return List.of(Parameter.text("scale"), Parameter.text("no-such-option"));
                }
            };
        }
    }

    @Test
    void badNamesFormatsAndOptionsAreFound() {
        Kits.assertFails(BadlyNamed.class, "theNameIsLowerCaseWordsJoinedByHyphens");
        Kits.assertFails(BadlyNamed.class, "theFormatOfItsModelIsDeclared");
        Kits.assertFails(BadlyNamed.class, "eachOptionHasItsOwnNameAndADescription");
        Kits.assertFails(BadlyNamed.class, "anUnknownOptionIsRefused");
    }

    static class WithoutGolden extends OnALeakyMean {
        @Override
        protected Engine engine() {
            return new WrappedEngine();
        }

        @Override
        protected List<GoldenStep> golden() {
            return List.of();
        }

        @Override
        protected boolean readsTensorsFromTheFile() {
            return false;
        }
    }

    @Test
    void whatIsSwitchedOffIsSkippedVisibly() {
        Kits.assertSkips(WithoutGolden.class, "goldenStepsComeOutWithinTheTolerance");
        Kits.assertSkips(WithoutGolden.class, "theModelSaysWhatItTakesAndGivesWhenTheCardDoesNot");
    }
}
