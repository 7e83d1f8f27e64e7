package dev.ganglion.tokenizer.wordpiece;

import dev.ganglion.api.encode.Tokenizer;
import dev.ganglion.testkit.TokenizerContract;
import java.nio.file.Path;
import java.util.List;

class WordPieceContractTest extends TokenizerContract {
    @Override
    protected Tokenizer tokenizer() {
        return new WordPieceTokenizer();
    }

    @Override
    protected Path file() {
        return Vocabularies.nluMicro();
    }

    @Override
    protected List<String> texts() {
        return List.of(
                "turn on the light in the kitchen, please",
                "Set the H\u00E9ater to 21 degrees, please!",
                "  two  spaces\tand a line\nbreak ",
                "\u6570\u5B57 \u4E09 and \uD83D\uDCA1\uD83C\uDF21\uFE0F too");
    }

    /** WordPiece forgets case, accents and blanks; what it does not know was a special token. */
    @Override
    protected String roundTrip(String text) {
        return switch (texts().indexOf(text)) {
            case 1 -> "set the heater to 21 degrees, please!";
            case 2 -> "two spaces and a line break";
            case 3 -> "and too";
            default -> text;
        };
    }
}
