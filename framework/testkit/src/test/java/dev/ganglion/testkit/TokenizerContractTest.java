package dev.ganglion.testkit;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tokens;
import dev.ganglion.api.encode.Tokenizer;
import dev.ganglion.api.encode.Vocabulary;
import dev.ganglion.testkit.toy.ToyModels;
import dev.ganglion.testkit.toy.ToyTokenizer;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each fault fails the test that is there to find it; for the stages see its own test. */
class TokenizerContractTest {
    private static final String WITH_FOLDER = "(java.nio.file.Path)";

    /** A good tokenizer around which a test wraps one fault. */
    abstract static class Broken extends TokenizerContract implements Tokenizer {
        @TempDir Path folder;

        final ToyTokenizer good = new ToyTokenizer();

        @Override
        protected Tokenizer tokenizer() {
            return this;
        }

        @Override
        protected Path file() {
            return ToyModels.vocabulary(folder);
        }

        @Override
        public String name() {
            return good.name();
        }

        @Override
        public Vocabulary open(Path file) {
            return new Wrapped(good.open(file)) {
                @Override
                public int size() {
                    return sizeOf(this.good);
                }

                @Override
                public Stage<CharSequence, Tokens> encoder(int maxTokens, boolean truncate) {
                    return brokenEncoder(this.good, maxTokens, truncate);
                }

                @Override
                public Stage<Tokens, CharSequence> decoder() {
                    return brokenDecoder(this.good);
                }

                @Override
                public byte[] piece(int id) {
                    return brokenPiece(this.good, id);
                }
            };
        }

        byte[] brokenPiece(Vocabulary vocabulary, int id) {
            return vocabulary.piece(id);
        }

        int sizeOf(Vocabulary vocabulary) {
            return vocabulary.size();
        }

        Stage<CharSequence, Tokens> brokenEncoder(Vocabulary vocabulary, int max, boolean cut) {
            return vocabulary.encoder(max, cut);
        }

        Stage<Tokens, CharSequence> brokenDecoder(Vocabulary vocabulary) {
            return vocabulary.decoder();
        }
    }

    abstract static class Wrapped implements Vocabulary {
        final Vocabulary good;

        Wrapped(Vocabulary good) {
            this.good = good;
        }
    }

    static class HasFewerIds extends Broken {
        @Override
        int sizeOf(Vocabulary vocabulary) {
            return 100;
        }
    }

    @Test
    void idsOutsideTheVocabularyAreFound() {
        Kits.assertFails(HasFewerIds.class, "eachIdIsInTheVocabulary");
    }

    static class OpensAnything extends Broken {
        @Override
        public Vocabulary open(Path file) {
            return super.open(file());
        }
    }

    static class NamesNoFile extends Broken {
        @Override
        public Vocabulary open(Path file) {
            try {
                return super.open(file);
            } catch (GanglionException precise) {
                throw new GanglionException(precise.kind(), "cannot read the vocabulary");
            }
        }
    }

    @Test
    void filesThatAreNotRefusedByNameAreFound() {
        for (Class<?> broken : new Class<?>[] {OpensAnything.class, NamesNoFile.class}) {
            Kits.assertFails(broken, "openRefusesAMissingFileNamingIt" + WITH_FOLDER);
            Kits.assertFails(broken, "openRefusesAnEmptyFileNamingIt" + WITH_FOLDER);
            Kits.assertFails(broken, "openRefusesATruncatedFileNamingIt" + WITH_FOLDER);
            Kits.assertFails(broken, "openRefusesAFileOfAnotherKindNamingIt" + WITH_FOLDER);
        }
    }

    /** Neither cuts nor refuses. */
    static class KnowsNoLimit extends Broken {
        @Override
        Stage<CharSequence, Tokens> brokenEncoder(Vocabulary vocabulary, int max, boolean cut) {
            return vocabulary.encoder(0, false);
        }
    }

    @Test
    void aLimitThatIsNotKeptIsFound() {
        Kits.assertFails(KnowsNoLimit.class, "aLongerTextIsCutWhereTheRouteAllowsIt");
        Kits.assertFails(KnowsNoLimit.class, "aLongerTextIsRefusedOtherwiseWithBothNumbers");
        Kits.assertFails(KnowsNoLimit.class, "aRefusedTextLeavesTheEncoderAsFlushed");
    }

    static class CutsTooMuch extends Broken {
        @Override
        Stage<CharSequence, Tokens> brokenEncoder(Vocabulary vocabulary, int max, boolean cut) {
            return vocabulary.encoder(Math.max(0, max - 1), cut);
        }
    }

    @Test
    void aLimitThatIsOneTooLowIsFound() {
        Kits.assertFails(CutsTooMuch.class, "aTextThatIsJustShortEnoughIsNotTouched");
        Kits.assertFails(CutsTooMuch.class, "aLongerTextIsCutWhereTheRouteAllowsIt");
    }

    /** Gives the tokens of each portion at once, with spans that point nowhere. */
    static class GivesTokensEarly extends Broken {
        @Override
        Stage<CharSequence, Tokens> brokenEncoder(Vocabulary vocabulary, int max, boolean cut) {
            return new Stage<>() {
                @Override
                public void push(CharSequence item, Consumer<? super Tokens> out) {
                    Tokens tokens = new Tokens();
                    tokens.start(item);
                    tokens.add(1, 2, item.length() + 1);
                    out.accept(tokens);
                }

                @Override
                public void flush(Consumer<? super Tokens> out) {}
            };
        }
    }

    @Test
    void tokensBeforeTheFlushAreFound() {
        Kits.assertFails(GivesTokensEarly.class, "anEmptyTextGivesOneResultToo");
    }

    static class PointsBesideTheText extends Broken {
        @Override
        Stage<CharSequence, Tokens> brokenEncoder(Vocabulary vocabulary, int max, boolean cut) {
            Stage<CharSequence, Tokens> encoder = vocabulary.encoder(max, cut);
            return new Stage<>() {
                @Override
                public void push(CharSequence item, Consumer<? super Tokens> out) {
                    encoder.push(item, out);
                }

                @Override
                public void flush(Consumer<? super Tokens> out) {
                    encoder.flush(
                            tokens -> {
                                Tokens moved = new Tokens();
                                moved.start(tokens.text());
                                for (int i = 0; i < tokens.size(); i++) {
                                    moved.add(tokens.id(i), tokens.start(i), tokens.end(i) + 1);
                                }
                                out.accept(moved);
                            });
                }
            };
        }
    }

    @Test
    void spansBesideTheTextAreFound() {
        Kits.assertFails(PointsBesideTheText.class, "eachTokenStandsForAPartOfTheTextInOrder");
        Kits.assertFails(PointsBesideTheText.class, "anEmptyTextGivesOneResultToo");
    }

    /** Makes text of each portion on its own: characters that are cut come out broken. */
    static class BreaksCharacters extends Broken {
        @Override
        Stage<Tokens, CharSequence> brokenDecoder(Vocabulary vocabulary) {
            Stage<Tokens, CharSequence> decoder = vocabulary.decoder();
            return new Stage<>() {
                @Override
                public void push(Tokens item, Consumer<? super CharSequence> out) {
                    decoder.push(item, out);
                    decoder.flush(out);
                }

                @Override
                public void flush(Consumer<? super CharSequence> out) {
                    decoder.flush(out);
                }
            };
        }
    }

    @Test
    void charactersThatAreCutAreFound() {
        Kits.assertNestedFails(BreaksCharacters.class, "howTheInputWasCutDoesNotShow");
    }

    static class LosesUpperCase extends Broken {
        @Override
        Stage<Tokens, CharSequence> brokenDecoder(Vocabulary vocabulary) {
            Stage<Tokens, CharSequence> decoder = vocabulary.decoder();
            return new Stage<>() {
                @Override
                public void push(Tokens item, Consumer<? super CharSequence> out) {
                    decoder.push(
                            item,
                            text -> out.accept(text.toString().toLowerCase(java.util.Locale.ROOT)));
                }

                @Override
                public void flush(Consumer<? super CharSequence> out) {
                    decoder.flush(out);
                }
            };
        }
    }

    @Test
    void aTextThatDoesNotComeBackIsFound() {
        Kits.assertFails(LosesUpperCase.class, "idsGiveTheTextBack");
    }

    /** Says each special token as a letter, and a blank as none. */
    static class HasOtherPieces extends Broken {
        @Override
        byte[] brokenPiece(Vocabulary vocabulary, int id) {
            return id >= 256 ? new byte[] {'x'} : id == ' ' ? new byte[0] : vocabulary.piece(id);
        }
    }

    @Test
    void piecesThatAreNotThoseOfTheTextAreFound() {
        Kits.assertFails(HasOtherPieces.class, "thePiecesOfATextAreItsBytes");
        Kits.assertFails(HasOtherPieces.class, "theSpecialTokensAroundATextHavePiecesWithoutBytes");
    }

    static class DeniesItsPieces extends Broken {
        @Override
        protected boolean hasPieces() {
            return false;
        }
    }

    @Test
    void piecesThatAreDeniedAreFound() {
        Kits.assertFails(DeniesItsPieces.class, "aVocabularyWithoutPiecesSaysSo");
        Kits.assertSkips(DeniesItsPieces.class, "thePiecesOfATextAreItsBytes");
    }
}
