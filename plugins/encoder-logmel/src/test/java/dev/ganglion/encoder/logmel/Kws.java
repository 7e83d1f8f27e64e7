package dev.ganglion.encoder.logmel;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.ganglion.api.data.Options;
import dev.ganglion.testkit.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** The front end of kws-digits and what its own Python pipeline gave. */
final class Kws {
    static final Map<String, String> OPTIONS =
            Map.of(
                    "sampleRateHz", "8000",
                    "bands", "32",
                    "lowHz", "60",
                    "highHz", "3800",
                    "floor", "1e-6",
                    "scale", "0.2",
                    "offset", "1.5",
                    "stack", "2");

    static final int STEP_SAMPLES = 160;

    private Kws() {}

    static Options options(LogMelEncoder encoder, Map<String, String> given) {
        return Options.of("encode:logmel", encoder.options(), given, Path.of(""));
    }

    static Path shared(String name) {
        Path file = Path.of(System.getProperty("ganglion.shared.data", "absent")).resolve(name);
        Assumptions.assumeTrue(Files.exists(file), "the shared data is not here: " + file);
        return file;
    }

    static Map<String, Object> golden() {
        try {
            return JSON.std.mapFrom(Files.readString(shared("golden/kws-digits.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static float[] floats(Object numbers) {
        List<?> list = (List<?>) numbers;
        float[] floats = new float[list.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = ((Number) list.get(i)).floatValue();
        }
        return floats;
    }

    static String difference(float[] expected, float[] found, double tolerance) {
        return Tensors.difference(
                Tensors.of(expected, expected.length), Tensors.of(found, found.length), tolerance);
    }
}
