package dev.ganglion.testkit.toy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.sense.Sensor;
import dev.ganglion.testkit.RecordingSink;
import dev.ganglion.testkit.SensorContract;
import dev.ganglion.testkit.Tensors;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HandFedSensorTest extends SensorContract {
    private final HandFedSensor sensor = new HandFedSensor();

    @Override
    protected Sensor sensor() {
        return sensor;
    }

    @Override
    protected Map<String, String> options() {
        return Map.of();
    }

    @Override
    protected void stimulate() {
        sensor.put("test", "one", true);
        sensor.put("test", "two", true);
    }

    @Override
    protected Map<String, String> missing() {
        return Map.of();
    }

    @Override
    protected Map<String, String> withABadItem() {
        return Map.of();
    }

    private AutoCloseable open(RecordingSink sink) {
        return sensor.open(Options.of("hand-fed", sensor.options(), Map.of(), Path.of("")), sink);
    }

    @Test
    void everyOpenSinkHasWhatTheTestGives() throws Exception {
        RecordingSink first = new RecordingSink();
        RecordingSink second = new RecordingSink();
        try (AutoCloseable one = open(first);
                AutoCloseable two = open(second)) {
            assertThat(one).isNotSameAs(two);
            assertThat(sensor.open()).isEqualTo(2);
            assertThat(sensor.put("a", "hello", false)).isEqualTo(2);
            assertThat(sensor.offer("b", "world", true)).isEqualTo(2);
            sensor.fail("a", new GanglionException(GanglionException.Kind.INPUT, "bad"));
            sensor.caughtUp();
            sensor.end();
        }
        assertThat(sensor.open()).isZero();
        assertThat(sensor.put("a", "nobody hears", true)).isZero();
        for (RecordingSink sink : new RecordingSink[] {first, second}) {
            assertThat(sink.texts()).containsExactly("hello", "world");
            assertThat(sink.samples()).extracting(Sample::last).containsExactly(false, true);
            assertThat(sink.failures().get(0).sequence()).isOne();
            assertThat(sink.isCaughtUp()).isTrue();
            assertThat(sink.isEnded()).isTrue();
            assertThat(sink.violations()).isEmpty();
        }
    }

    @Test
    void aDroppedOfferIsNotCounted() throws Exception {
        RecordingSink sink = new RecordingSink();
        sink.refuse();
        try (AutoCloseable open = open(sink)) {
            assertThat(open).isNotNull();
            assertThat(sensor.offer("a", "hello", false)).isZero();
        }
    }

    @Test
    void aValueThatTheOutputDoesNotSayIsRefused() {
        HandFedSensor numbers =
                new HandFedSensor(TensorSpec.of("t", Tensor.Type.FLOAT32, "Cel", 1));
        assertThatThrownBy(() -> numbers.put("a", "text", true))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> numbers.put("a", Tensors.of(new float[] {1, 2}, 2), true))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sensor.put("a", Tensors.of(new float[] {1}, 1), true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aKeptTensorIsACopy() throws Exception {
        HandFedSensor numbers =
                new HandFedSensor(TensorSpec.of("t", Tensor.Type.FLOAT32, "Cel", 1));
        RecordingSink sink = new RecordingSink();
        Tensor value = Tensors.of(new float[] {21}, 1);
        Options options = Options.of("hand-fed", numbers.options(), Map.of(), Path.of(""));
        try (AutoCloseable open = numbers.open(options, sink)) {
            assertThat(open).isNotNull();
            numbers.put("a", value, true);
            value.floats().put(0, 22);
        }
        assertThat(Tensors.floats((Tensor) sink.samples().get(0).value())).containsExactly(21);
    }
}
