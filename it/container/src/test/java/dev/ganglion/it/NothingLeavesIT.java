package dev.ganglion.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The main job, watched by the kernel: it speaks to nobody and writes only where it may. */
class NothingLeavesIT {
    private static final Pattern CREATED =
            Pattern.compile("openat\\([^,]*, \"([^\"]*)\", [^)]*O_CREAT");

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "kitchen-commands, nlu-micro, 43",
        "keyword-relay, kws-digits, 21",
        "machine-health, cmapss-rul, 381"
    })
    void aRouteConnectsToNothingAndWritesOnlyIntoItsFolder(String route, String model, int lines)
            throws IOException {
        assumeTrue(
                Stream.of("/usr/bin/strace", "/usr/local/bin/strace")
                        .anyMatch(file -> Files.isExecutable(Path.of(file))),
                "strace is not installed; nobody watches the system calls");
        Path home = Files.createDirectory(folder.resolve("home"));
        Path log = folder.resolve("strace.log");
        Ganglion run =
                Ganglion.startUnder(
                        List.of(
                                "strace",
                                "-f",
                                "-o",
                                log.toString(),
                                "-e",
                                "trace=connect,sendto,sendmsg,openat"),
                        folder,
                        Map.of("HOME", home.toString()),
                        "run",
                        Ganglion.route(route),
                        "--json");
        run.input("");
        assertThat(run.exitStatus()).as("%s", run.err()).isZero();
        assertThat(run.json()).hasSize(lines);
        List<String> calls = Files.readAllLines(log);
        assertThat(calls).as("what strace saw").anyMatch(call -> call.contains(model));
        assertThat(calls).noneMatch(call -> call.contains("AF_INET"));
        assertThat(calls).noneMatch(call -> call.contains("sendto(") || call.contains("sendmsg("));
        List<String> created =
                calls.stream()
                        .map(CREATED::matcher)
                        .filter(Matcher::find)
                        .map(call -> call.group(1))
                        .distinct()
                        .toList();
        assertThat(created).as("the cache is written").isNotEmpty();
        assertThat(created)
                .allMatch(
                        file ->
                                file.startsWith(folder.resolve("var").toString())
                                        || file.startsWith("/dev/"));
        try (Stream<Path> files = Files.list(home)) {
            assertThat(files).isEmpty();
        }
    }
}
