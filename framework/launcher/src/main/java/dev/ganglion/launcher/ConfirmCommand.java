package dev.ganglion.launcher;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ganglion confirm}: what waits for a person's word, and that word. */
@Command(
        name = "confirm",
        mixinStandardHelpOptions = true,
        description = {
            "Shows the actions that wait to be confirmed, or confirms one, which is then done if it still may be.",
            ""
        },
        footer = {
            "",
            "Which actions must be confirmed is said in etc/envelope.yaml. A PIN is asked for here, or read from"
                    + " standard input; it is never taken from what a model or a person says to a route.",
            "Exit status: 0, or 1 when nothing was done."
        })
final class ConfirmCommand extends AskingCommand {
    private static final int ITERATIONS = 210_000;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BITS = 256;
    private static final int LEAST_PIN = 4;

    @Parameters(
            arity = "0..1",
            paramLabel = "ID",
            description = "The action, as the list without ID shows it.")
    private String id = "";

    @Option(names = "--pin", description = "Asks for the PIN, where the action needs one.")
    private boolean withPin;

    @Option(
            names = "--hash",
            description = "Asks for a new PIN and prints what to write after 'pin:' in the file.")
    private boolean hash;

    @Override
    public Integer call() throws Exception {
        if (hash) {
            String pin = readPin();
            if (pin.length() < LEAST_PIN) {
                throw new IOException(
                        "a PIN has " + LEAST_PIN + " characters or more, found " + pin.length());
            }
            System.out.println(hashOf(pin));
            return 0;
        }
        return super.call();
    }

    @Override
    Map<String, Object> request() {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("command", "confirm");
        request.put("id", id);
        if (withPin) {
            request.put("pin", readPin());
        }
        return request;
    }

    /** Not as an argument: those are seen by every user of the machine. */
    private static String readPin() {
        @Nullable Console console = System.console();
        if (console != null) {
            char @Nullable [] typed = console.readPassword("PIN: ");
            return typed == null ? "" : new String(typed);
        }
        try {
            String line =
                    new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()))
                            .readLine();
            return line == null ? "" : line.strip();
        } catch (IOException e) {
            return "";
        }
    }

    static String hashOf(String pin) throws GeneralSecurityException {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        byte[] derived =
                SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                        .generateSecret(
                                new PBEKeySpec(pin.toCharArray(), salt, ITERATIONS, HASH_BITS))
                        .getEncoded();
        HexFormat hex = HexFormat.of();
        return String.join(
                ":",
                "pbkdf2-sha256",
                Integer.toString(ITERATIONS),
                hex.formatHex(salt),
                hex.formatHex(derived));
    }

    @Override
    void print(Map<String, Object> answer, PrintStream out) {
        if (!id.isEmpty()) {
            out.println(TextTable.shown(String.valueOf(answer.get("sentence"))));
            return;
        }
        Object problem = answer.get("problem");
        if (problem != null && !problem.equals("")) {
            out.println(TextTable.shown(String.valueOf(problem)));
        }
        List<Map<?, ?>> waiting = objects(answer.get("waiting"));
        if (waiting.isEmpty()) {
            out.println("nothing waits to be confirmed");
            return;
        }
        TextTable table = new TextTable("ID", "ACTION", "PARAMETERS", "ROUTE", "BY", "SECONDS");
        waiting.forEach(
                each ->
                        table.row(
                                each.get("id"),
                                each.get("action"),
                                each.get("parameters"),
                                each.get("route"),
                                each.get("by"),
                                each.get("secondsLeft")));
        table.print(out);
    }
}
