package dev.ganglion.launcher;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ganglion encode}: what a model's tokenizer makes of text. */
@Command(
        name = "encode",
        mixinStandardHelpOptions = true,
        description = {
            "Reads lines of text from standard input and prints the token ids of each as a JSON array, one a line,",
            "as the tokenizer of the model gives them.",
            ""
        })
final class EncodeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", description = "The name of a model, for example nlu-micro.")
    private String model = "";

    @Override
    public Integer call() throws Exception {
        try (Container container = Container.take()) {
            container.start(event -> {});
            container.problems().forEach(problem -> System.err.println("ganglion: " + problem));
            @SuppressWarnings("unchecked") // the container offers such a function under this name
            Function<String, Function<String, int[]>> encode =
                    container.command(Function.class, "encode");
            if (encode == null) {
                System.err.println(
                        "ganglion: the container started without models; 'ganglion doctor' says why");
                return 1;
            }
            Function<String, int[]> encoder = encode.apply(model);
            BufferedReader lines =
                    new BufferedReader(
                            new InputStreamReader(
                                    System.in,
                                    StandardCharsets.UTF_8
                                            .newDecoder()
                                            .onMalformedInput(CodingErrorAction.REPORT)
                                            .onUnmappableCharacter(CodingErrorAction.REPORT)));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(JSON.std.asString(encoder.apply(line)));
            }
            return 0;
        } catch (CharacterCodingException e) {
            System.err.println(
                    "ganglion: standard input is not valid UTF-8 ("
                            + e.getMessage()
                            + "); convert it, for example with 'iconv -f ISO-8859-1 -t UTF-8'");
            return 1;
        }
    }
}
