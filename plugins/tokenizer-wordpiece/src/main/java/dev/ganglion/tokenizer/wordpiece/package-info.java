/**
 * Text to the ids of a WordPiece vocabulary and back, with the ids and positions that Hugging
 * Face's tokenizers gives, in plain Java.
 *
 * <p>{@link dev.ganglion.tokenizer.wordpiece.WordPieceTokenizer} is the plug-in. A {@code
 * TokenizerFile} reads what a {@code tokenizer.json} says, a {@code WordPieceVocabulary} keeps it:
 * the {@code Pieces}, the {@code AddedTokens}, and how text is normalized. Its {@code
 * WordPieceEncoder} works in three steps, each on arrays that it keeps: cut out the added tokens;
 * turn the rest into normalized UTF-8 that remembers where each byte came from ({@code
 * NormalizedText}, which asks {@code Characters} about each code point); cut that into words and
 * the words into the longest pieces there are.
 */
@NullMarked
package dev.ganglion.tokenizer.wordpiece;

import org.jspecify.annotations.NullMarked;
