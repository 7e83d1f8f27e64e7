package dev.ganglion.it.bench;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.encode.Vocabulary;
import dev.ganglion.tokenizer.wordpiece.WordPieceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One recorded command to the ids of nlu-micro. The ids of both tokenizers are compared before
 * anything is measured.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init") // set up before it is measured
public class Tokenize {
    private List<String> commands;
    private int next;
    private Vocabulary vocabulary;
    private Stage<CharSequence, Tokens> encoder;
    private HuggingFaceTokenizer peer;
    private Tokens tokens;
    private final Consumer<Tokens> taker = given -> tokens = given;

    /** Opens both and compares them. */
    @Setup
    public void open() throws IOException {
        Path file = NluMicro.folder(Bench.image().resolve("models")).resolve("tokenizer.json");
        commands = Bench.commands(Bench.kitchenCommands());
        vocabulary = new WordPieceTokenizer().open(file);
        encoder = vocabulary.encoder(NluMicro.MAX_TOKENS, false);
        peer = HuggingFaceTokenizer.newInstance(file);
        for (int i = 0; i < commands.size(); i++) {
            int[] ours = wordpiece().ids();
            next = i;
            long[] theirs = huggingFace().getIds();
            if (!Arrays.equals(Arrays.stream(ours).asLongStream().toArray(), theirs)) {
                throw new IllegalStateException(
                        "'"
                                + commands.get(i)
                                + "': "
                                + Arrays.toString(ours)
                                + " against "
                                + Arrays.toString(theirs));
            }
        }
    }

    /** Closes both. */
    @TearDown
    public void close() {
        peer.close();
        encoder.close();
        vocabulary.close();
    }

    private String command() {
        String command = commands.get(next);
        next = next + 1 == commands.size() ? 0 : next + 1;
        return command;
    }

    /** The plug-in {@code wordpiece}. */
    @Benchmark
    public Tokens wordpiece() {
        String command = command();
        encoder.push(command, taker);
        encoder.flush(taker);
        return tokens;
    }

    /** DJL's binding of Hugging Face's tokenizers. */
    @Benchmark
    public Encoding huggingFace() {
        return peer.encode(command());
    }
}
