package dev.ganglion.binding;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Libraries that are there, or are made. */
final class Fixtures {
    private static final String SOURCE =
            """
            #include <stdbool.h>
            struct seven { long n[7]; };
            long sum(int start, struct seven s) {
                long sum = start;
                for (int i = 0; i < 7; i++) sum += s.n[i];
                return sum;
            }
            struct seven negated(struct seven s, bool really) {
                for (int i = 0; i < 7; i++) if (really) s.n[i] = -s.n[i];
                return s;
            }
            double mixed(int a, float b, long c, double d, bool e, char *f) { return (double) a + b + c + d + e + (long) f; }
            bool is_even(int n) { return n % 2 == 0; }
            void tell(void (*told)(int, void *, bool)) { told(-2, (void *) 77, true); }
            int ask(int (*answer)(int)) { return answer(1); }
            """;

    private Fixtures() {}

    /** The mapped file of this name: where the system's libraries are differs. */
    static Path library(String name) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.endsWith("/" + name))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(name + " is not loaded"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What passes structs by value: no function of the C library does. */
    static Path compiled() {
        try {
            Path folder = Files.createDirectories(Path.of("target", "c")).toAbsolutePath();
            Path library = folder.resolve("libown.so");
            Path source = folder.resolve("own.c");
            if (!Files.exists(library)
                    || !Files.exists(source)
                    || !Files.readString(source).equals(SOURCE)) {
                Files.writeString(source, SOURCE);
                Process compiler;
                try {
                    compiler =
                            new ProcessBuilder(
                                            "cc",
                                            "-shared",
                                            "-fPIC",
                                            "-o",
                                            library.toString(),
                                            source.toString())
                                    .inheritIO()
                                    .start();
                } catch (IOException none) {
                    assumeTrue(false, "skipped: there is no C compiler 'cc'");
                    throw none;
                }
                boolean done = compiler.waitFor(60, TimeUnit.SECONDS);
                Assertions.assertThat(done && compiler.exitValue() == 0).isTrue();
            }
            return library;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static AbstractThrowableAssert<?, ? extends Throwable> assertSetup(ThrowingCallable call) {
        return Assertions.assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GanglionException.class,
                        refused -> Assertions.assertThat(refused.kind()).isEqualTo(Kind.SETUP))
                .hasMessageNotContaining("\n");
    }
}
