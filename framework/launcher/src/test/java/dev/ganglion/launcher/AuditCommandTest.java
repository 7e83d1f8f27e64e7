package dev.ganglion.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AuditCommandTest {
    @TempDir Path folder;
    private final PrintStream console = System.out;
    private final InputStream keyboard = System.in;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final StringWriter complaints = new StringWriter();

    @BeforeEach
    void captureOutput() {
        System.setProperty("ganglion.home", folder.toString());
        System.setProperty("ganglion.var", folder.toString());
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restoreOutput() {
        System.setOut(console);
        System.setIn(keyboard);
        System.clearProperty("ganglion.home");
        System.clearProperty("ganglion.var");
    }

    private int run(String... arguments) {
        return new CommandLine(new Main())
                .setErr(new PrintWriter(complaints))
                .setExecutionExceptionHandler(
                        (e, command, parsed) -> {
                            command.getErr().println(e.getMessage());
                            return 1;
                        })
                .execute(arguments);
    }

    private String output() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** Lines of a log, each with the checksum of the one before. */
    private static List<String> chain(int first, int count, String before) throws Exception {
        List<String> lines = new ArrayList<>();
        String sum = before;
        for (int n = first; n < first + count; n++) {
            String line =
                    "{\"n\":%d,\"time\":\"t%d\",\"route\":\"r\",\"actuator\":\"home\",\"action\":\"light_on\",\"parameters\":{\"room\":\"hall\"},\"outcome\":\"performed\",\"why\":\"\",\"before\":\"%s\"}"
                            .formatted(n, n, sum);
            lines.add(line);
            sum = sum(line);
        }
        return lines;
    }

    private static String sum(String line) throws Exception {
        return HexFormat.of()
                .formatHex(
                        MessageDigest.getInstance("SHA-256")
                                .digest(line.getBytes(StandardCharsets.UTF_8)));
    }

    private void write(String name, List<String> lines) throws Exception {
        Files.createDirectories(folder.resolve("audit"));
        Files.write(folder.resolve("audit").resolve(name), lines);
    }

    @Test
    void theNewestLinesAreShown() throws Exception {
        write("actions.jsonl", chain(1, 30, "0".repeat(64)));
        assertThat(run("audit", "--last", "2")).isZero();
        assertThat(output().lines().toList()).hasSize(3);
        assertThat(output()).contains("t29", "t30", "light_on{room=hall}", "performed");
        assertThat(run("audit", "--last", "1", "--json")).isZero();
        assertThat(output()).contains("{\"n\":30,");
    }

    @Test
    void anUnchangedChainIsConfirmedOverTheRotation() throws Exception {
        List<String> former = chain(5, 3, "f".repeat(64));
        write("actions.1.jsonl", former);
        List<String> current = chain(8, 2, sum(former.get(2)));
        write("actions.jsonl", current);
        assertThat(run("audit", "--verify")).isZero();
        assertThat(output())
                .isEqualTo(
                        "5 lines, none changed; the checksum of the last is "
                                + sum(current.get(1))
                                + "\n");
    }

    @Test
    void aChangeIsFoundWithItsPlace() throws Exception {
        List<String> lines = chain(1, 4, "0".repeat(64));
        lines.set(1, lines.get(1).replace("hall", "attic"));
        write("actions.jsonl", lines);
        assertThat(run("audit", "--verify")).isEqualTo(1);
        assertThat(output()).contains("actions.jsonl:3 does not follow", "4 lines, 1 breaks");
    }

    @Test
    void linesMissingAtTheBeginningOrTornAreFound() throws Exception {
        List<String> lines = chain(1, 3, "0".repeat(64));
        lines.set(0, lines.get(0).replace("0000", "1111"));
        lines.set(2, lines.get(2).substring(0, 20));
        write("actions.jsonl", lines);
        assertThat(run("audit", "--verify")).isEqualTo(1);
        assertThat(output()).contains("actions.jsonl:1 does not", ":2 does not", ":3 is not whole");
    }

    @Test
    void aFormerFileThatWasEmptiedIsFound() throws Exception {
        write("actions.1.jsonl", List.of());
        write("actions.jsonl", chain(5, 2, "f".repeat(64)));
        assertThat(run("audit", "--verify")).isEqualTo(1);
        assertThat(output()).contains("actions.1.jsonl is empty");
    }

    @Test
    void anActionIsOneRowWithItsOutcome() throws Exception {
        List<String> lines = chain(1, 4, "0".repeat(64));
        lines.set(0, lines.get(0).replace("performed", "asked"));
        lines.set(2, lines.get(2).replace("{\"n\":3", "{\"n\":3,\"of\":1"));
        lines.set(3, lines.get(3).replace("performed", "asked"));
        write("actions.jsonl", lines);
        assertThat(run("audit")).isZero();
        assertThat(output().lines().toList())
                .satisfiesExactly(
                        heading -> assertThat(heading).startsWith("TIME"),
                        first -> assertThat(first).contains("t3", "performed"),
                        second -> assertThat(second).contains("t2", "performed"),
                        killed -> assertThat(killed).contains("t4", "asked"));
    }

    @Test
    void aFileThatWasRemovedIsMissed() throws Exception {
        write("actions.jsonl", chain(5, 2, "f".repeat(64)));
        assertThat(run("audit", "--verify")).isEqualTo(1);
        assertThat(output()).contains("actions.jsonl:1 does not follow");
    }

    @Test
    void whereThereIsNoLogThatIsSaid() {
        assertThat(run("audit")).isEqualTo(1);
        assertThat(complaints.toString()).contains("there is no audit log in");
    }

    @Test
    void aPinIsHashedWithASaltAndNotRepeated() {
        System.setIn(new ByteArrayInputStream("2468\n2468\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(run("confirm", "--hash")).isZero();
        assertThat(output().strip()).matches("pbkdf2-sha256:210000:[0-9a-f]{32}:[0-9a-f]{64}");
        System.setIn(new ByteArrayInputStream("12\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(run("confirm", "--hash")).isEqualTo(1);
        assertThat(complaints.toString()).contains("a PIN has 4 characters or more, found 2");
    }
}
