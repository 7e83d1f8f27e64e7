package dev.ganglion.testkit;

import dev.ganglion.api.act.ActionSpec;
import dev.ganglion.api.act.Actuator;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Parameter;
import dev.ganglion.testkit.toy.RecordingActuator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Each fault fails the test that is there to find it. */
class ActuatorContractTest {
    abstract static class Broken extends ActuatorContract {
        private final RecordingActuator good = new RecordingActuator();

        @Override
        protected Actuator actuator() {
            return new Actuator() {
                @Override
                public String name() {
                    return good.name();
                }

                @Override
                public List<Parameter> options() {
                    return good.options();
                }

                @Override
                public List<ActionSpec> actions(Options options) {
                    return declared(good.actions(options));
                }

                @Override
                public Device open(Options options) {
                    return broken(good, options);
                }
            };
        }

        List<ActionSpec> declared(List<ActionSpec> actions) {
            return actions;
        }

        Actuator.Device broken(RecordingActuator house, Options options) {
            return house.open(options);
        }

        @Override
        protected Map<String, Map<String, Object>> examples() {
            return Map.of(
                    "light_on", Map.of("room", "kitchen"),
                    "light_off", Map.of("room", "hall"),
                    "set_level", Map.of("room", "bedroom", "level", 40.0),
                    "say", Map.of("text", "good night"));
        }

        @Override
        protected Map<String, Map<String, Object>> unknownThings() {
            return Map.of("light_on", Map.of("room", "observatory"));
        }

        @Override
        protected Map<String, String> unreachable() {
            return Map.of("device", "elsewhere");
        }
    }

    /** Passes everything on. */
    static class Wrapped implements Actuator.Device {
        final Actuator.Device good;

        Wrapped(Actuator.Device good) {
            this.good = good;
        }

        @Override
        public void perform(String action, Map<String, Object> parameters) {
            good.perform(action, parameters);
        }

        @Override
        public void makeSafe() {
            good.makeSafe();
        }

        @Override
        public void close() {
            good.close();
        }
    }

    static class NamesBadly extends Broken {
        @Override
        List<ActionSpec> declared(List<ActionSpec> actions) {
            Parameter room = Parameter.text("theRoom");
            return List.of(ActionSpec.of("lightOn", room), ActionSpec.of("lightOn", room));
        }
    }

    @Test
    void badNamesAreFound() {
        Kits.assertFails(NamesBadly.class, "actionsHaveTheirOwnNamesInSnakeCase");
        Kits.assertFails(NamesBadly.class, "parametersHaveTheirOwnNamesInSnakeCaseWithinAnAction");
    }

    static class DeclaresMore extends Broken {
        @Override
        List<ActionSpec> declared(List<ActionSpec> actions) {
            return List.of(ActionSpec.of("open_door"));
        }

        @Override
        protected Map<String, Map<String, Object>> examples() {
            return Map.of("open_door", Map.of());
        }
    }

    @Test
    void anActionThatIsDeclaredAndNotPerformedIsFound() {
        Kits.assertFails(DeclaresMore.class, "eachDeclaredActionPerforms");
        Kits.assertFails(DeclaresMore.class, "eachDeclaredActionPerformsAgain");
    }

    static class ExampleIsMissing extends Broken {
        @Override
        Actuator.Device broken(RecordingActuator house, Options options) {
            return house.open(options);
        }

        @Override
        protected Map<String, Map<String, Object>> examples() {
            return Map.of("say", Map.of("text", "good night"));
        }
    }

    @Test
    void anActionWithoutExampleIsFound() {
        Kits.assertFails(ExampleIsMissing.class, "eachDeclaredActionPerforms");
    }

    /** Works once, then the device is stuck. */
    static class IsStuckAfterTheFirst extends Broken {
        @Override
        Actuator.Device broken(RecordingActuator house, Options options) {
            return new Wrapped(house.open(options)) {
                private final java.util.Set<String> done = new java.util.HashSet<>();

                @Override
                public void perform(String action, Map<String, Object> parameters) {
                    if (!done.add(action)) {
                        throw new IllegalStateException("done already");
                    }
                    super.perform(action, parameters);
                }
            };
        }
    }

    @Test
    void aDeviceThatWorksOnceIsFound() {
        Kits.assertFails(IsStuckAfterTheFirst.class, "eachDeclaredActionPerformsAgain");
    }

    /** Does as if everything existed. */
    static class KnowsEveryRoom extends Broken {
        @Override
        Actuator.Device broken(RecordingActuator house, Options options) {
            return new Wrapped(house.open(options)) {
                @Override
                public void perform(String action, Map<String, Object> parameters) {}
            };
        }
    }

    static class SaysNotWhichRoom extends Broken {
        @Override
        Actuator.Device broken(RecordingActuator house, Options options) {
            return new Wrapped(house.open(options)) {
                @Override
                public void perform(String action, Map<String, Object> parameters) {
                    try {
                        super.perform(action, parameters);
                    } catch (dev.ganglion.api.data.GanglionException precise) {
                        throw new dev.ganglion.api.data.GanglionException(
                                precise.kind(), "no such room");
                    }
                }
            };
        }
    }

    @Test
    void aThingThatIsNotThereAndNotRefusedByNameIsFound() {
        Kits.assertFails(KnowsEveryRoom.class, "aThingThatTheWorldDoesNotHaveIsRefusedByName");
        Kits.assertFails(SaysNotWhichRoom.class, "aThingThatTheWorldDoesNotHaveIsRefusedByName");
    }

    static class ReachesAnything extends Broken {
        @Override
        Actuator.Device broken(RecordingActuator house, Options options) {
            return house.open(
                    Options.of("recording", house.options(), Map.of(), java.nio.file.Path.of("")));
        }
    }

    @Test
    void aDeviceThatIsNotThereAndNotRefusedIsFound() {
        Kits.assertFails(ReachesAnything.class, "openRefusesADeviceThatIsNotThereNamingIt");
    }

    /** Needs an open device to make it safe, and frees it with each close. */
    static class IsUnsafeWhenClosed extends Broken {
        @Override
        Actuator.Device broken(RecordingActuator house, Options options) {
            return new Wrapped(house.open(options)) {
                private boolean closed;

                @Override
                public void makeSafe() {
                    if (closed) {
                        throw new IllegalStateException("closed");
                    }
                }

                @Override
                public void close() {
                    makeSafe();
                    closed = true;
                }
            };
        }
    }

    @Test
    void aMakeSafeThatThrowsIsFound() {
        Kits.assertFails(IsUnsafeWhenClosed.class, "makeSafeNeverThrows");
    }

    @Test
    void aSecondCloseThatFailsIsFound() {
        Kits.assertFails(IsUnsafeWhenClosed.class, "aDeviceMayBeClosedTwice");
    }

    /** Is not usable any more once something was refused. */
    static class GivesUpAfterARefusal extends Broken {
        @Override
        Actuator.Device broken(RecordingActuator house, Options options) {
            return new Wrapped(house.open(options)) {
                private boolean failed;

                @Override
                public void perform(String action, Map<String, Object> parameters) {
                    if (failed) {
                        throw new IllegalStateException("failed before");
                    }
                    failed = true;
                    super.perform(action, parameters);
                    failed = false;
                }
            };
        }
    }

    @Test
    void aDeviceThatGivesUpAfterARefusalIsFound() {
        Kits.assertFails(GivesUpAfterARefusal.class, "afterARefusalTheDeviceGoesOn");
    }

    static class LeavesAThread extends Broken {
        static volatile CountDownLatch stop = new CountDownLatch(1);

        @Override
        Actuator.Device broken(RecordingActuator house, Options options) {
            Thread left = new Thread(() -> Threads.await(stop), "left");
            left.setDaemon(true);
            left.start();
            return house.open(options);
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
}
