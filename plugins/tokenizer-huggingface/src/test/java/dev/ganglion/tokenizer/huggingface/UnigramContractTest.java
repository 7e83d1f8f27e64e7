package dev.ganglion.tokenizer.huggingface;

import dev.ganglion.api.encode.Tokenizer;
import dev.ganglion.testkit.TokenizerContract;
import java.nio.file.Path;
import java.util.List;

class UnigramContractTest extends TokenizerContract {
    @Override
    protected Tokenizer tokenizer() {
        return new HuggingFaceTokenizer();
    }

    @Override
    protected Path file() {
        return HuggingFaceTokenizerTest.resource("unigram-tokenizer.json");
    }

    @Override
    protected List<String> texts() {
        return List.of(
                "turn on the kitchen lights",
                "caf\u00E9 \uD83D\uDCA1 turn the lights on",
                "xyz the kitchen");
    }
}
