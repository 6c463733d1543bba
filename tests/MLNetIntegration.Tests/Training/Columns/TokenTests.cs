using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Optimizers;

namespace Toolkit.MLNetIntegration.Tests.Training.Columns;

/// <summary>Texts that a tokenizer of the user's choice cuts: what the network reads of them, in training, in prediction engines and from saved pipelines.</summary>
public sealed class TokenTests : IDisposable
{
    // Their places are their numbers.
    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "garden", "##s", "view", "with", "and", ",", ".", "street", "the", "of"];

    private static readonly MLContext Ml = new(seed: 1);

    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    private string Zip => Path.Combine(folder, "model.zip");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("Gardens with a View.", "6 7 9 5 8 12")]
    [InlineData("the streets, unheard", "14 13 7 11 1")]
    [InlineData("", "")]
    public void Words_are_cut_into_pieces_of_the_vocabulary(string text, string expected) => Assert.Equal(expected, string.Join(' ', Words().Read(text)));

    [Fact]
    public void Case_counts_where_it_is_asked_for() => Assert.Equal([1, 9], TextTokenizer.WordPiece(VocabularyFile(Vocabulary), lowerCase: false).Read("Gardens with"));

    /// <summary>The first pairs of the list are merged first: "low" + "er" are not "l" + "ower".</summary>
    [Fact]
    public void Pairs_of_characters_are_merged_in_their_order()
    {
        TextTokenizer tokenizer = Pairs("""{"l":0,"o":1,"w":2,"e":3,"r":4,"lo":5,"low":6,"er":7,"\u0120":8,"\u0120l":9}""", "#version: 0.2\nl o\nlo w\ne r\n");
        Assert.Equal(10, tokenizer.Count);
        Assert.Equal([6, 7], tokenizer.Read("lower"));
        Assert.Equal([7, 6], tokenizer.Read("erlow"));
    }

    /// <summary>The same network reads the keys of the tokens where somebody else has made them.</summary>
    [Fact]
    public void Tokens_are_keys_of_their_numbers()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(Notes());
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(Options()).Fit(data), other = Ml.Regression.NeuralNetwork(
            Options() with { ColumnOptions = new Dictionary<string, ColumnOptions> { ["Note"] = new() { Width = 4 } } }).Fit(Ml.Data.LoadFromEnumerable(Ids(Words())));
        float[] scores = [.. model.Transform(data).GetColumn<float>("Score")];
        Assert.Equal(scores, other.Transform(Ml.Data.LoadFromEnumerable(Ids(Words()))).GetColumn<float>("Score"));
        Assert.InRange(Ml.Regression.Evaluate(model.Transform(data), "Cost").RSquared, 0.99, 1);
        using PredictionEngine<Note, Prediction> engine = Ml.Model.CreatePredictionEngine<Note, Prediction>(model);
        Note[] notes = Notes();
        Assert.All(Enumerable.Range(0, 8), i => Assert.Equal(scores[i], engine.Predict(new Note { Text = notes[i].Text }).Score, 1e-3f));
        Assert.DoesNotContain("Note#tokens", model.Transform(data).Schema.Select(column => column.Name));
    }

    [Fact]
    public void A_saved_pipeline_brings_its_tokenizer_with_it_however_often_it_is_saved()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(Notes());
        ITransformer model = Ml.Transforms.CopyColumns("Twice", "Cost").Append(Ml.Regression.NeuralNetwork(Options())).Fit(data);
        float[] scores = [.. model.Transform(data).GetColumn<float>("Score")];
        for (int time = 0; time < 2; time++)
        {
            Ml.Model.Save(model, data.Schema, Zip);
            model = Ml.LoadBatched(Zip, out _);
            Assert.Equal(scores, model.Transform(data).GetColumn<float>("Score"));
        }
    }

    /// <summary>Plain ML.NET cuts no text: there, the application hands in the keys.</summary>
    [Fact]
    public void Plain_ML_NET_loads_the_pipeline_and_scores_keys_of_tokens()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(Notes());
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(Options()).Fit(data);
        Ml.Model.Save(model, data.Schema, Zip);
        ITransformer plain = new MLContext().Model.Load(Zip, out _);
        Assert.Contains("Note#tokens", Assert.ThrowsAny<Exception>(() => plain.Transform(data).GetColumn<float>("Score").ToArray()).Message, StringComparison.Ordinal);
        IDataView keys = Ml.Transforms.CopyColumns("Note#tokens", "Note").Fit(data).Transform(Ml.Data.LoadFromEnumerable(Ids(Words())));
        Assert.All(model.Transform(data).GetColumn<float>("Score").Zip(plain.Transform(keys).GetColumn<float>("Score")), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
        (plain as IDisposable)?.Dispose();
    }

    [Fact]
    public void What_a_tokenizer_cannot_read_is_refused()
    {
        IDataView data = HouseData.Keyed(Ml, HouseData.Rows(20));
        NeuralNetworkOptions options = Options() with { FeatureColumns = ["Age"], ColumnOptions = new Dictionary<string, ColumnOptions> { ["Age"] = new() { Tokenizer = Words() } } };
        Assert.Contains("Expected a text in the feature column \"Age\"", Assert.Throws<TrainingException>(() => Ml.Regression.NeuralNetwork(options).Fit(data)).Message, StringComparison.Ordinal);
        Assert.Contains("WordPiece", Assert.Throws<ScoringException>(() => TextTokenizer.WordPiece(VocabularyFile("no", "such"))).Message, StringComparison.Ordinal);
        Assert.Contains("Bpe", Assert.Throws<ScoringException>(() => Pairs("{}", "a b")).Message, StringComparison.Ordinal);
        Assert.Contains("Bpe", Assert.Throws<ScoringException>(() => Pairs("[1", "a b")).Message, StringComparison.Ordinal);
    }

    /// <summary>Two tokens of one number would be one word to the network; an empty line or a second one of a token would move those behind it.</summary>
    [Fact]
    public void Vocabularies_that_do_not_number_their_tokens_are_refused()
    {
        string Refused(Func<TextTokenizer> make) => Assert.Throws<ScoringException>(make).Message;
        Assert.Contains("line 6 is empty", Refused(() => TextTokenizer.WordPiece(VocabularyFile([.. Vocabulary[..5], "", .. Vocabulary[5..]]))), StringComparison.Ordinal);
        Assert.Contains("the token \"garden\" stands in 2 lines", Refused(() => TextTokenizer.WordPiece(VocabularyFile([.. Vocabulary, "garden"]))), StringComparison.Ordinal);
        Assert.Contains("the tokens \"b\" and \"ab\" have the same number, 1", Refused(() => Pairs("""{"a":0,"b":1,"ab":1}""", "a b\n")), StringComparison.Ordinal);
        Assert.Contains("the token \"b\" has the number -1", Refused(() => Pairs("""{"a":0,"b":-1,"ab":1}""", "a b\n")), StringComparison.Ordinal);
        Assert.Contains("the token \"ab\" has the number 2147483647", Refused(() => Pairs("""{"a":0,"b":1,"ab":2147483647}""", "a b\n")), StringComparison.Ordinal);
        Assert.Equal(Vocabulary.Length, TextTokenizer.WordPiece(VocabularyFile([.. Vocabulary, "", ""])).Count);
    }

    [Fact]
    public void A_warm_start_refuses_another_tokenizer()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(Notes());
        using NeuralNetworkTransformer first = Ml.Regression.NeuralNetwork(Options()).Fit(data);
        NeuralNetworkOptions again = Options() with { WarmStart = WarmStart.Of(first.Network) };
        using NeuralNetworkTransformer second = Ml.Regression.NeuralNetwork(again).Fit(data);
        TextTokenizer other = TextTokenizer.WordPiece(VocabularyFile([.. Vocabulary.SkipLast(2), "of", "the"]));
        NeuralNetworkOptions turned = again with { ColumnOptions = new Dictionary<string, ColumnOptions> { ["Note"] = new() { Width = 4, Tokenizer = other } } };
        Assert.Contains("\"Note\"", Assert.Throws<TrainingException>(() => Ml.Regression.NeuralNetwork(turned).Fit(data)).Message, StringComparison.Ordinal);
    }

    private static Note[] Notes()
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, 200).Select(_ =>
        {
            (bool garden, bool view) = (random.Next(2) == 0, random.Next(2) == 0);
            string text = (garden, view) switch { (true, true) => "Gardens, with view", (true, false) => "a garden.", (false, true) => "the view of the streets", _ => "" };
            return new Note { Text = text, Cost = (garden ? 3 : 0) + (view ? -2 : 0) };
        })];
    }

    private static IEnumerable<Tokens> Ids(TextTokenizer tokenizer) =>
        Notes().Select(note => new Tokens { Note = [.. tokenizer.Read(note.Text).Select(id => (uint)id + 1)], Cost = note.Cost });

    private NeuralNetworkOptions Options() => new()
    {
        FeatureColumns = ["Note"],
        ColumnOptions = new Dictionary<string, ColumnOptions> { ["Note"] = new() { Width = 4, Tokenizer = Words() } },
        LabelColumn = "Cost",
        HiddenUnits = [8],
        ValidationFraction = 0,
        Epochs = 60,
        Optimizer = new Adam { LearningRate = 0.02 },
        Seed = 5,
    };

    private TextTokenizer Words() => TextTokenizer.WordPiece(VocabularyFile(Vocabulary));

    private string VocabularyFile(params string[] tokens)
    {
        string path = Path.Combine(folder, "vocab.txt");
        File.WriteAllLines(path, tokens);
        return path;
    }

    private TextTokenizer Pairs(string vocabulary, string merges)
    {
        (string first, string second) = (Path.Combine(folder, "vocab.json"), Path.Combine(folder, "merges.txt"));
        File.WriteAllText(first, vocabulary);
        File.WriteAllText(second, merges);
        return TextTokenizer.Bpe(first, second);
    }

    private sealed class Note
    {
        [ColumnName("Note")]
        public string Text { get; set; } = "";

        public float Cost { get; set; }
    }

    private sealed class Tokens
    {
        [KeyType(16)]
        public uint[] Note { get; set; } = [];

        public float Cost { get; set; }
    }

    private sealed class Prediction
    {
        public float Score { get; set; }
    }
}
