package dev.ganglion.testkit;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.testkit.toy.HandFedSensor;
import dev.ganglion.testkit.toy.LinesSensor;
import dev.ganglion.testkit.toy.LinesSensorTest;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Each fault fails the test that is there to find it. */
class SensorContractTest {
    /** Gives two samples when asked, as the fault says. */
    abstract static class Broken extends SensorContract {
        final HandFedSensor good = new HandFedSensor();

        private final Sensor broken =
                new Sensor() {
                    @Override
                    public String name() {
                        return "broken";
                    }

                    @Override
                    public TensorSpec output(Options options) {
                        return spec();
                    }

                    @Override
                    public AutoCloseable open(Options options, Sink sink) {
                        return openBroken(options, sink);
                    }
                };

        @Override
        protected Sensor sensor() {
            return broken;
        }

        TensorSpec spec() {
            return TensorSpec.TEXT;
        }

        AutoCloseable openBroken(Options options, Sensor.Sink sink) {
            return good.open(options, sink);
        }

        @Override
        protected Map<String, String> options() {
            return Map.of();
        }

        @Override
        protected Map<String, String> missing() {
            return Map.of();
        }

        @Override
        protected Map<String, String> withABadItem() {
            return Map.of();
        }

        @Override
        protected void stimulate() {
            good.put("test", "one", true);
            good.put("test", "two", true);
        }
    }

    static class SaysAnotherOutput extends Broken {
        @Override
        TensorSpec spec() {
            return TensorSpec.of("t", Tensor.Type.FLOAT32, "Cel", 1);
        }
    }

    @Test
    void samplesThatDoNotFitTheOutputAreFound() {
        Kits.assertFails(SaysAnotherOutput.class, "eachSampleFitsTheOutput");
    }

    static class IsNeverClosed extends Broken {
        @Override
        AutoCloseable openBroken(Options options, Sensor.Sink sink) {
            super.openBroken(options, sink);
            return () -> {};
        }
    }

    @Test
    void aCloseThatDoesNothingIsFound() {
        Kits.assertFails(IsNeverClosed.class, "nothingComesAfterClose");
        Kits.assertFails(IsNeverClosed.class, "closeWaitsForTheSampleUnderWay");
    }

    static class ClosesOnce extends Broken {
        @Override
        AutoCloseable openBroken(Options options, Sensor.Sink sink) {
            AutoCloseable open = super.openBroken(options, sink);
            int[] closed = new int[1];
            return () -> {
                open.close();
                if (closed[0]++ > 0) {
                    throw new IllegalStateException("closed twice");
                }
            };
        }
    }

    @Test
    void aSecondCloseThatFailsIsFound() {
        Kits.assertFails(ClosesOnce.class, "itMayBeClosedTwiceAndAtOnce");
    }

    /** The numbers, the clock and the end are wrong. */
    static class CountsBackwards extends Broken {
        private Sensor.Sink sink = new RecordingSink();

        @Override
        AutoCloseable openBroken(Options options, Sensor.Sink newSink) {
            sink = newSink;
            return () -> {};
        }

        @Override
        protected void stimulate() {
            long future = System.nanoTime() + Long.MAX_VALUE / 4;
            sink.put(new Sample<CharSequence>("test", 2, future, "one", true));
            sink.ended();
            sink.put(new Sample<CharSequence>("test", 1, future, "two", true));
        }
    }

    @Test
    void aSequenceThatFallsIsFound() {
        Kits.assertFails(CountsBackwards.class, "theSequenceRisesWithinAStream");
    }

    @Test
    void aTimeThatIsNotThatOfNanoTimeIsFound() {
        Kits.assertFails(CountsBackwards.class, "samplesWereNoticedBeforeTheyCame");
    }

    @Test
    void aSampleAfterTheEndIsFound() {
        Kits.assertFails(CountsBackwards.class, "samplesOfAStreamComeOneAtATimeAndNoneAfterTheEnd");
    }

    /** Leaves a thread behind, which is no daemon either. */
    static class LeavesAThread extends Broken {
        static volatile CountDownLatch stop = new CountDownLatch(1);

        @Override
        AutoCloseable openBroken(Options options, Sensor.Sink sink) {
            new Thread(() -> Threads.await(stop), "left").start();
            return super.openBroken(options, sink);
        }
    }

    @Test
    void aThreadThatIsLeftOrNoDaemonIsFound() {
        LeavesAThread.stop = new CountDownLatch(1);
        try {
            Kits.assertFails(LeavesAThread.class, "itsThreadsAreDaemons");
            Kits.assertFails(LeavesAThread.class, "noThreadIsLeftAfterClose");
        } finally {
            LeavesAThread.stop.countDown();
        }
    }

    /** A vendor's test that says neither what is missing nor what is bad. */
    static class Forgetful extends SensorContract {
        @Override
        protected Sensor sensor() {
            return new HandFedSensor();
        }

        @Override
        protected Map<String, String> options() {
            return Map.of();
        }
    }

    @Test
    void aHookThatWasForgottenIsFound() {
        Kits.assertFails(Forgetful.class, "openRefusesWhatIsNotThereNamingIt");
        Kits.assertFails(Forgetful.class, "aBadItemIsReportedAndTheNextGoesOn");
    }

    /** Opens though nothing is there, or says so in words that help nobody. */
    static class OpensNothing extends LinesSensorTest {
        @Override
        protected Sensor sensor() {
            return new LinesSensor() {
                @Override
                public AutoCloseable open(Options options, Sink sink) {
                    try {
                        return super.open(options, sink);
                    } catch (GanglionException precise) {
                        return () -> {};
                    }
                }
            };
        }
    }

    static class NamesNothing extends LinesSensorTest {
        @Override
        protected Sensor sensor() {
            return new LinesSensor() {
                @Override
                public AutoCloseable open(Options options, Sink sink) {
                    try {
                        return super.open(options, sink);
                    } catch (GanglionException precise) {
                        throw new GanglionException(precise.kind(), "cannot open the sensor");
                    }
                }
            };
        }
    }

    @Test
    void whatIsNotThereAndNotRefusedByNameIsFound() {
        Kits.assertFails(OpensNothing.class, "openRefusesWhatIsNotThereNamingIt");
        Kits.assertFails(NamesNothing.class, "openRefusesWhatIsNotThereNamingIt");
    }
}
