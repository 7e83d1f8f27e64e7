package dev.ganglion.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.sense.Sensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What every sensor keeps to. A vendor's test says which sensor, and options under which it notices
 * at least two things; what cannot be tried is switched off by an empty answer.
 */
public abstract class SensorContract extends PluginContract {
    /** A sensor's test needs no constructor. */
    protected SensorContract() {}

    /** {@return the sensor under test; always the same in one test} */
    protected abstract Sensor sensor();

    /** {@return options under which at least two samples come} */
    protected abstract Map<String, String> options();

    /**
     * Makes something happen that an open sensor notices; does nothing unless overridden, as for
     * files that are there already. Called on a thread of its own.
     */
    protected void stimulate() {}

    /** {@return options that name a file or device which is not there; empty when it has none} */
    protected Map<String, String> missing() {
        return override("missing(); an empty map when the sensor reads no file and no device");
    }

    /**
     * {@return options under which, among good items, one comes that cannot become a sample; empty
     * when there are no such items}
     */
    protected Map<String, String> withABadItem() {
        return override("withABadItem(); an empty map when no item can be bad");
    }

    @Override
    final Plugin plugin() {
        return sensor();
    }

    private AutoCloseable open(RecordingSink sink) {
        return sensor().open(optionsOf(options()), sink);
    }

    private Threads.Task<?> stimulateAside() {
        return Threads.start(this::stimulate);
    }

    @Test
    void eachSampleFitsTheOutput() throws Exception {
        TensorSpec output = sensor().output(optionsOf(options()));
        RecordingSink sink = new RecordingSink();
        try (AutoCloseable open = open(sink)) {
            assertThat(open).isNotNull();
            stimulateAside().get();
            sink.awaitSamples(2);
        }
        assertThat(sink.samples()).allSatisfy(sample -> assertFits(output, sample.value()));
    }

    private static void assertFits(TensorSpec output, Object value) {
        if (output.type() == Tensor.Type.TEXT) {
            assertThat(value).isInstanceOf(CharSequence.class);
        } else {
            assertThat(value)
                    .isInstanceOfSatisfying(
                            Tensor.class, tensor -> assertThat(output.mismatch(tensor)).isNull());
        }
    }

    @Test
    void theSequenceRisesWithinAStream() throws Exception {
        RecordingSink sink = new RecordingSink();
        try (AutoCloseable open = open(sink)) {
            assertThat(open).isNotNull();
            stimulateAside().get();
            sink.awaitSamples(2);
        }
        Map<String, Long> last = new HashMap<>();
        for (Sample<?> sample : sink.samples()) {
            assertThat(sample.stream()).isNotBlank();
            Long before = last.put(sample.stream(), sample.sequence());
            if (before != null) {
                assertThat(sample.sequence()).as(sample.stream()).isGreaterThan(before);
            }
        }
    }

    @Test
    void samplesWereNoticedBeforeTheyCame() throws Exception {
        RecordingSink sink = new RecordingSink();
        try (AutoCloseable open = open(sink)) {
            assertThat(open).isNotNull();
            stimulateAside().get();
            sink.awaitSamples(2);
        }
        long now = System.nanoTime();
        assertThat(sink.samples())
                .allSatisfy(sample -> assertThat(now - sample.capturedNanos()).isNotNegative());
    }

    @Test
    void samplesOfAStreamComeOneAtATimeAndNoneAfterTheEnd() throws Exception {
        RecordingSink sink = new RecordingSink();
        try (AutoCloseable open = open(sink)) {
            assertThat(open).isNotNull();
            stimulateAside().get();
            sink.awaitSamples(2);
        }
        assertThat(sink.violations()).isEmpty();
    }

    @Test
    void openReturnsWhileTheSinkIsBusy() throws Exception {
        RecordingSink sink = new RecordingSink();
        sink.hold();
        Threads.Task<AutoCloseable> opening = new Threads.Task<>(() -> open(sink));
        AutoCloseable open;
        try {
            open = opening.get();
        } finally {
            sink.release();
        }
        open.close();
    }

    @Test
    void itsThreadsAreDaemons() throws Exception {
        Set<Thread> before = Threads.alive();
        RecordingSink sink = new RecordingSink();
        try (AutoCloseable open = open(sink)) {
            assertThat(open).isNotNull();
            Set<Thread> own = new HashSet<>(Threads.alive());
            own.removeAll(before);
            assertThat(own).allSatisfy(thread -> assertThat(thread.isDaemon()).isTrue());
        }
    }

    @Test
    void closeWaitsForTheSampleUnderWay() throws Exception {
        RecordingSink sink = new RecordingSink();
        sink.hold();
        AutoCloseable open = open(sink);
        Threads.Task<?> stimulating = stimulateAside();
        boolean waits = sink.awaitHeldOrOffered();
        Threads.Task<?> closing = Threads.start(() -> close(open));
        boolean closedEarly;
        try {
            closing.awaitDoneOrWaiting();
            closedEarly = closing.isDone();
        } finally {
            sink.release();
        }
        closing.get();
        stimulating.get();
        assumeGiven(waits, "Sink.put, for the sensor offers and never waits, so close()");
        assertThat(closedEarly).as("closed while a sample was under way").isFalse();
    }

    private static void close(AutoCloseable open) {
        try {
            open.close();
        } catch (Exception failed) {
            throw new AssertionError("closing failed", failed);
        }
    }

    @Test
    void aSinkThatTakesNothingDoesNotStopIt() throws Exception {
        RecordingSink sink = new RecordingSink();
        sink.refuse();
        try (AutoCloseable open = open(sink)) {
            assertThat(open).isNotNull();
            stimulateAside().get();
            sink.awaitSamples(2);
        }
    }

    @Test
    void nothingComesAfterClose() throws Exception {
        Set<Thread> before = Threads.alive();
        RecordingSink sink = new RecordingSink();
        AutoCloseable open = open(sink);
        stimulateAside().get();
        sink.awaitSamples(2);
        open.close();
        sink.close();
        stimulateAside().get();
        assertThat(Threads.leftSince(before)).isEmpty();
        assertThat(sink.violations()).isEmpty();
    }

    @Test
    void noThreadIsLeftAfterClose() throws Exception {
        openAndClose();
        Set<Thread> before = Threads.alive();
        openAndClose();
        assertThat(Threads.leftSince(before)).isEmpty();
    }

    private void openAndClose() throws Exception {
        RecordingSink sink = new RecordingSink();
        AutoCloseable open = open(sink);
        stimulateAside().get();
        sink.awaitSamples(1);
        open.close();
    }

    @Test
    void itMayBeClosedTwiceAndAtOnce() throws Exception {
        AutoCloseable open = open(new RecordingSink());
        open.close();
        open.close();
    }

    @Test
    void itOpensAgainAfterClose() throws Exception {
        openAndClose();
        openAndClose();
    }

    @Test
    void openRefusesWhatIsNotThereNamingIt() {
        Map<String, String> missing = missing();
        assumeGiven(!missing.isEmpty(), "missing()");
        assertThatThrownBy(() -> sensor().open(optionsOf(missing), new RecordingSink()).close())
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(GanglionException.Kind.SETUP);
                            assertThat(missing.values())
                                    .as("one of them is named in: " + refused.getMessage())
                                    .anyMatch(String.valueOf(refused.getMessage())::contains);
                        });
    }

    @Test
    void aBadItemIsReportedAndTheNextGoesOn() throws Exception {
        Map<String, String> options = withABadItem();
        assumeGiven(!options.isEmpty(), "withABadItem()");
        RecordingSink sink = new RecordingSink();
        try (AutoCloseable open = sensor().open(optionsOf(options), sink)) {
            assertThat(open).isNotNull();
            stimulateAside().get();
            sink.awaitFailures(1);
            long bad = sink.failures().get(0).sequence();
            sink.awaitSampleAfter(bad);
        }
        assertThat(sink.failures()).allSatisfy(failure -> assertThat(failure.cause()).isNotNull());
    }
}
