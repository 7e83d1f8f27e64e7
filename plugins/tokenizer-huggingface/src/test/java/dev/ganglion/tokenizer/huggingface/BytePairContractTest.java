package dev.ganglion.tokenizer.huggingface;

import dev.ganglion.api.encode.Tokenizer;
import dev.ganglion.testkit.TokenizerContract;
import java.nio.file.Path;

class BytePairContractTest extends TokenizerContract {
    @Override
    protected Tokenizer tokenizer() {
        return new HuggingFaceTokenizer();
    }

    @Override
    protected Path file() {
        return HuggingFaceTokenizerTest.resource("home-lm-tokenizer.json");
    }
}
