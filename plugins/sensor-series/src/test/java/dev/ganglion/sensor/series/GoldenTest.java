package dev.ganglion.sensor.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.testkit.RecordingSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files as they are published, against what the models were given of them. */
class GoldenTest {
    private static final Path DATA = Path.of("../../../shared/data").toAbsolutePath().normalize();
    private static final Path SENSORS = DATA.resolve("data/sensors");

    private final SeriesSensor sensor = new SeriesSensor();
    private Map<String, Object> golden = Map.of();

    @BeforeEach
    void read() throws IOException {
        Path file = DATA.resolve("golden/sensors.json");
        assumeTrue(
                Files.exists(file) && Files.isDirectory(SENSORS),
                "skipped: the shared data are not at " + DATA + ", beside the project");
        golden = JSON.std.mapFrom(Files.readString(file));
    }

    private List<Sample<?>> samples(String path, Map<String, String> options) throws Exception {
        Path file = SENSORS.resolve(path);
        assumeTrue(Files.exists(file), "skipped: " + file + " is not there");
        Map<String, String> given = new HashMap<>(options);
        given.put("path", file.toString());
        RecordingSink sink = new RecordingSink();
        try (AutoCloseable open =
                sensor.open(
                        Options.of("sense:series", sensor.options(), given, Path.of("")), sink)) {
            assertThat(open).isNotNull();
            sink.awaitEnded();
        }
        assertThat(sink.failures()).isEmpty();
        assertThat(sink.violations()).isEmpty();
        return sink.samples();
    }

    private static List<Float> row(Sample<?> sample) {
        Tensor tensor = (Tensor) sample.value();
        List<Float> row = new ArrayList<>();
        for (int i = 0; i < tensor.elements(); i++) {
            row.add(tensor.floats().get(i));
        }
        return row;
    }

    private static List<Float> floats(Object numbers) {
        return ((List<?>) numbers).stream().map(number -> ((Number) number).floatValue()).toList();
    }

    private void assertHasFeatures(List<Sample<?>> samples, String model) {
        List<?> features = (List<?>) ((Map<?, ?>) golden.get(model)).get("features");
        List<List<Float>> rows = samples.stream().map(GoldenTest::row).toList();
        assertThat(features).isNotEmpty();
        for (Object expected : features) {
            assertThat(rows).contains(floats(expected));
        }
        assertThat(rows.get(0)).isEqualTo(floats(features.get(0)));
    }

    @Test
    void occupancyIsReadAsItsModelWasTrained() throws Exception {
        List<Sample<?>> samples =
                samples(
                        "occupancy/datatest.txt",
                        Map.of(
                                "columns", "Temperature,Humidity,Light,CO2,HumidityRatio",
                                "units", "Cel,%,lx,[ppm],kg/kg",
                                "timeColumn", "date",
                                "gapMillis", "90000",
                                "intervalMillis", "60000"));
        assertThat(samples).hasSize(2665).allMatch(Sample::last);
        assertHasFeatures(samples, "occupancy");
    }

    @Test
    void machineFailureIsReadAsItsModelWasTrained() throws Exception {
        List<Sample<?>> samples =
                samples(
                        "ai4i/public_test.csv",
                        Map.of(
                                "columns",
                                "Type{L:0 M:1 H:2},Air temperature,Process temperature,"
                                        + "Rotational speed,Torque,Tool wear",
                                "units",
                                "1,K,K,/min,N.m,min"));
        assertThat(samples).hasSize(1521).allMatch(Sample::last);
        assertHasFeatures(samples, "ai4i");
    }

    @Test
    void engineCyclesAreFiftyStreams() throws Exception {
        List<?> places = (List<?>) ((Map<?, ?>) golden.get("cmapss-rul")).get("columns_0based");
        String columns =
                String.join(
                        ",",
                        places.stream()
                                .map(place -> "" + (((Number) place).intValue() + 1))
                                .toList());
        assertThat(columns).isEqualTo("7,8,9,12,13,14,16,17,18,19,20,22,25,26");
        List<Sample<?>> samples =
                samples(
                        "cmapss/test_FD001_units_1_50.txt",
                        Map.of(
                                "header", "false",
                                "delimiter", "space",
                                "columns", columns,
                                "streamColumn", "1",
                                "timeColumn", "2",
                                "timeFormat", "epochSeconds",
                                "gapMillis", "1000",
                                "intervalMillis", "1000",
                                "utterance", "stream"));
        List<String> lines =
                Files.readAllLines(SENSORS.resolve("cmapss/test_FD001_units_1_50.txt"));
        assertThat(samples).hasSize(lines.size());
        assertThat(samples.stream().map(Sample::stream).distinct()).hasSize(50);
        assertThat(samples.stream().filter(Sample::last)).hasSize(50);
        for (int i = 0; i < samples.size(); i++) {
            Sample<?> sample = samples.get(i);
            String[] cells = lines.get((int) sample.sequence() - 1).split(" ");
            List<Float> expected = new ArrayList<>();
            for (Object place : places) {
                expected.add((float) Double.parseDouble(cells[((Number) place).intValue()]));
            }
            assertThat(row(sample)).isEqualTo(expected);
            assertThat(sample.stream()).endsWith("_1_50.txt#" + cells[0]);
            assertThat(sample.last())
                    .isEqualTo(
                            i + 1 == samples.size()
                                    || !samples.get(i + 1).stream().equals(sample.stream()));
        }
    }
}
