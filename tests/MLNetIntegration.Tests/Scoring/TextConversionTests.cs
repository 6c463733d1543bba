using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;
using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration.Conversion;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.MLNetIntegration.Training;
using Toolkit.OnnxExport.Export;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Tests.Scoring;

/// <summary>Texts in pipelines with a network that are written as ONNX: the file takes the texts.</summary>
public sealed class TextConversionTests
{
    private static readonly Review[] Reviews =
    [
        .. Enumerable.Range(0, 80).Select(i => new Review
        {
            Text = (i % 5) switch { 0 => "very good, indeed", 1 => "bad  and boring\n", 2 => "good", 3 => " not\tgood; bad. ", _ => "the éléphant is (really) good-natured" },
            Stars = (i % 5) switch { 0 => 5, 1 => 1, 2 => 4, 3 => 2, _ => 3 + (i % 2) },
        }),
    ];

    // Words that training has not seen, none at all, and one.
    private static readonly Review[] Others = [.. Reviews.Take(6), new Review { Text = "" }, new Review { Text = "   " }, new Review { Text = "unheard-of good words, and boring ones" }, new Review { Text = "bad" }];

    private readonly MLContext ml = new(seed: 1);

    public static TheoryData<string> Kinds => ["bag of words", "several separators", "n-grams of words", "word bags", "characters", "featurized words", "featurized"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_pipeline_that_reads_texts_is_one_file_that_takes_them(string kind)
    {
        TransformsCatalog t = ml.Transforms;
        (IEstimator<ITransformer> front, string feature) = kind switch
        {
            "bag of words" => ((IEstimator<ITransformer>)t.Text.TokenizeIntoWords("Words", "Text").Append(t.Conversion.MapValueToKey("Keys", "Words")), "Keys"),
            "several separators" => (t.Text.TokenizeIntoWords("Words", "Text", [' ', ',', '.', ';', '(', ')', '-']).Append(t.Conversion.MapValueToKey("Keys", "Words")), "Keys"),
            "n-grams of words" => (t.Text.TokenizeIntoWords("Words", "Text").Append(t.Conversion.MapValueToKey("Keys", "Words")).Append(t.Text.ProduceNgrams("Grams", "Keys", weighting: NgramExtractingEstimator.WeightingCriteria.TfIdf)), "Grams"),
            "word bags" => (t.Text.ProduceWordBags("Bag", "Text"), "Bag"),
            "characters" => (t.Text.TokenizeIntoCharactersAsKeys("Characters", "Text").Append(t.Text.ProduceNgrams("Grams", "Characters", ngramLength: 3)), "Grams"),
            "featurized words" => (t.Text.FeaturizeText("Vector", new TextFeaturizingEstimator.Options { CaseMode = TextNormalizingEstimator.CaseMode.None, KeepDiacritics = true, CharFeatureExtractor = null }, "Text"), "Vector"),
            _ => (t.Text.FeaturizeText("Vector", new TextFeaturizingEstimator.Options { CaseMode = TextNormalizingEstimator.CaseMode.None, KeepDiacritics = true }, "Text"), "Vector"),
        };
        IDataView rows = ml.Data.LoadFromEnumerable(Reviews);
        var model = front.Append(ml.Regression.NeuralNetwork(new() { FeatureColumns = [feature], LabelColumn = "Stars", HiddenUnits = [6], Epochs = 5, Seed = 2 })).Fit(rows);
        using var stream = new MemoryStream();
        ml.Model.ConvertToOnnx(model, rows, stream);
        using OnnxSession session = OnnxSession.Load(stream.ToArray());
        Assert.Equal(["Text"], session.Inputs.Select(input => input.Name));
        Assert.Equal(["Score.output"], session.Outputs.Select(output => output.Name));

        float[] expected = [.. model.Transform(ml.Data.LoadFromEnumerable(Others)).GetColumn<float>("Score")];
        float[] found = session.Run(Texts(Others)).Single().ToArray<float>();
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        Assert.True(expected.Max() - expected.Min() > 0.05, "The scores do not depend on the texts.");
        foreach ((Review review, float one) in Others.Zip(expected))
            Assert.Equal(one, session.Run(Texts([review])).Single().ToArray<float>().Single(), 1e-4);
        model.LastTransformer.Dispose();
    }

    [Fact]
    public void What_ONNX_has_no_words_for_is_named_with_what_to_do()
    {
        TransformsCatalog t = ml.Transforms;
        Refused(t.Text.FeaturizeText("Vector", "Text"), "Vector", "TextFeaturizingEstimator.Transformer", "KeepDiacritics = true");
        Refused(t.Text.NormalizeText("Plain", "Text").Append(t.Text.ProduceWordBags("Bag", "Plain")), "Bag", "TextNormalizingTransformer", "KeepDiacritics = true");
        Refused(t.Text.TokenizeIntoWords("Words", "Text").Append(t.Conversion.MapValueToKey("Keys", "Words")).Append(t.Text.ProduceHashedNgrams("Grams", "Keys", numberOfBits: 6)), "Grams", "NgramHashingTransformer", "ProduceNgrams");
        Refused(t.Text.ProduceHashedWordBags("Bag", "Text", numberOfBits: 6), "Bag", "NgramHashingTransformer", "ProduceNgrams");
        Refused(t.Text.TokenizeIntoWords("Words", "Text").Append(t.Conversion.Hash("Keys", "Words", 7)), "Keys", "HashingTransformer", "beyond ASCII");
        Refused(t.Categorical.OneHotHashEncoding("Hot", "Text", numberOfBits: 5), "Hot", "OneHotHashEncodingTransformer", "Use MapValueToKey, OneHotEncoding");
        // The network's own reading of texts.
        Refused(t.CopyColumns("Note", "Text"), "Note", "HashingTransformer", "TokenizeIntoWords");
    }

    /// <summary>The operator of ONNX Runtime that texts are cut with gives what ours does.</summary>
    [Fact]
    public void Words_are_those_of_ONNX_Runtime()
    {
        Autograd.Graph.Variable texts = Autograd.Graph.Variable.Input("texts", DType.String, ["n", 1]);
        foreach (Autograd.Graph.Operation operation in new Autograd.Graph.Operation[] { new Tokenizer([" "]), new Tokenizer([" ", ".", "|", "^"]), new Tokenizer([""]), new Tokenizer([""], IsMarked: true) })
        {
            var signature = new Autograd.Graph.Signature([texts], [new("y", operation.Apply(texts))]);
            using OnnxSession session = OnnxSession.Load(OnnxExporter.Export(signature));
            Value given = Value.Of(["a b", " c ", "\u00a0d.e|f \t^g\n", "", "é€𝄞 h", "abcdefg"], 6, 1);
            Value expected = Function.Compile(signature).Run(given)[0], found = session.Run(given)[0];
            Assert.Equal(expected.Shape, found.Shape);
            Assert.Equal(expected.Texts.ToArray(), found.Texts.ToArray());
        }
    }

    private static Value Texts(Review[] reviews) => Value.Of([.. reviews.Select(review => review.Text)], reviews.Length, 1);

    private void Refused(IEstimator<ITransformer> front, string feature, string transformer, string advice)
    {
        IDataView rows = ml.Data.LoadFromEnumerable(Reviews);
        var model = front.Append(ml.Regression.NeuralNetwork(new() { FeatureColumns = [feature], LabelColumn = "Stars", HiddenUnits = [2], Epochs = 1, Seed = 2 })).Fit(rows);
        using var stream = new MemoryStream();
        string message = Assert.Throws<ScoringException>(() => ml.Model.ConvertToOnnx(model, rows, stream)).Message;
        Assert.Contains(transformer, message, StringComparison.Ordinal);
        Assert.Contains(advice, message, StringComparison.Ordinal);
        model.LastTransformer.Dispose();
    }

    private sealed class Review
    {
        public string Text { get; set; } = "";

        public float Stars { get; set; }
    }
}
