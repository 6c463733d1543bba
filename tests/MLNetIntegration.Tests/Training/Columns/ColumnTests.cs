using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling.Optimizers;
using Toolkit.OnnxExport.Export;

namespace Toolkit.MLNetIntegration.Tests.Training.Columns;

/// <summary>Numbers, keys, several keys in a row and texts side by side: what the network computes of them, and that it learns.</summary>
public sealed class ColumnTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static readonly char[] Blanks = [' '];

    internal static NeuralNetworkOptions Options => new()
    {
        FeatureColumns = ["Age", "Place", "Area", "Marks", "IsNew", "Note", "Rooms", "Sizes"],
        ColumnOptions = new Dictionary<string, ColumnOptions> { ["Place"] = new ColumnOptions { Width = 3 }, ["Note"] = new ColumnOptions { HashBits = 6 } },
        LabelColumn = "Price",
        HiddenUnits = [],
        ValidationFraction = 0,
        Epochs = 3,
        Optimizer = new Adam { LearningRate = 0.02 },
        Seed = 5,
    };

    /// <summary>A linear network by plain loops over its parameters: standardized numbers, the vector of a key, means of vectors, and nothing for keys that are missing.</summary>
    [Fact]
    public void Scores_are_what_plain_loops_over_the_parameters_give()
    {
        HouseData.Row[] rows = HouseData.Rows(200);
        rows[3].City = "Nowhere";
        rows[4].Tags = ["lake", "unheard"];
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(Options).Fit(HouseData.Keyed(Ml, rows));
        var values = model.Network.Parameters.ToDictionary(p => p.Name, p => p.Value.Span<float>().ToArray());
        string[] tables = ["vectors_Place.table", "vectors_Marks.table", "vectors_Note.table"];
        Assert.Superset(tables.ToHashSet(), values.Keys.ToHashSet());
        float[] weights = values.Single(v => v.Key.EndsWith(".weight", StringComparison.Ordinal)).Value, bias = values.Single(v => v.Key.EndsWith(".bias", StringComparison.Ordinal)).Value;
        (int Keys, int Width)[] sizes = [(6, 3), (5, values[tables[1]].Length / 5), (64, values[tables[2]].Length / 64)];
        Assert.Equal([4, 16], sizes.Skip(1).Select(s => s.Width));
        double[] prices = [.. rows.Select(r => r.Price)];
        double mean = prices.Average(), deviation = Math.Sqrt(prices.Average(p => (p - mean) * (p - mean)));
        double[][] numbers = [.. rows.Select(r => new double[] { r.Age, r.Area, r.IsNew ? 1 : 0, r.Rooms, r.Sizes[0], r.Sizes[1] })];
        double[] means = [.. Enumerable.Range(0, 6).Select(i => numbers.Average(n => n[i]))];
        double[] deviations = [.. Enumerable.Range(0, 6).Select(i => Math.Sqrt(numbers.Average(n => (n[i] - means[i]) * (n[i] - means[i]))))];
        int[][] words = Words(rows);
        string[] tags = ["busy", "lake", "old", "quiet", "sunny"];
        float[] scores = [.. model.Transform(HouseData.Keyed(Ml, rows)).GetColumn<float>("Score")];
        for (int r = 0; r < rows.Length; r++)
        {
            int[][] keys = [[Array.IndexOf(HouseData.Cities, rows[r].City)], [.. rows[r].Tags.Select(t => Array.IndexOf(tags, t))], words[r]];
            double sum = bias[0];
            int at = 0;
            for (int i = 0; i < 6; i++)
            {
                sum += weights[at++] * (numbers[r][i] - means[i]) / deviations[i];
            }

            for (int column = 0; column < 3; column++)
            {
                int[] known = [.. keys[column].Where(k => k >= 0)];
                for (int i = 0; i < sizes[column].Width; i++)
                {
                    sum += weights[at++] * known.Sum(k => (double)values[tables[column]][(k * sizes[column].Width) + i]) / Math.Max(1, known.Length);
                }
            }

            Assert.Equal(weights.Length, at);
            Assert.Equal((sum * deviation) + mean, scores[r], 2e-3);
        }
    }

    [Fact]
    public void What_every_column_adds_is_learned()
    {
        IDataView train = HouseData.Keyed(Ml, HouseData.Rows()), test = HouseData.Keyed(Ml, HouseData.Rows(300, seed: 12));
        NeuralNetworkOptions options = Options with { Epochs = 150 };
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(options).Fit(train);
        Assert.InRange(Reached(model), 0.98, 1);
        foreach (string left in new[] { "Place", "Marks", "Note" })
        {
            using NeuralNetworkTransformer less = Ml.Regression.NeuralNetwork(options with
            {
                FeatureColumns = [.. options.FeatureColumns.Where(c => c != left)],
                ColumnOptions = options.ColumnOptions.Where(c => c.Key != left).ToDictionary(),
            }).Fit(train);
            Assert.InRange(Reached(less), 0, 0.97);
        }

        double Reached(NeuralNetworkTransformer trained) => Ml.Regression.Evaluate(trained.Transform(test), "Cost").RSquared;
    }

    /// <summary>The same numbers in columns of other types are the same network.</summary>
    [Fact]
    public void Numbers_of_any_type_are_learned_as_those_of_Single()
    {
        HouseData.Row[] rows = HouseData.Rows(120);
        IDataView whole = Ml.Data.LoadFromEnumerable(rows.Select(r => new Counts
        {
            Single = r.Age,
            Double = r.Age,
            SByte = (sbyte)r.Age,
            Byte = (byte)r.Age,
            Int16 = (short)r.Age,
            UInt16 = (ushort)r.Age,
            Int32 = r.Age,
            UInt32 = (uint)r.Age,
            Int64 = r.Age,
            UInt64 = (ulong)r.Age,
            IsOld = r.Age >= 50,
            Old = r.Age >= 50 ? 1 : 0,
            Doubles = [r.Age, r.Rooms],
            Singles = [r.Age, r.Rooms],
            Cost = r.Cost,
        }));
        NeuralNetworkOptions options = Options with { ColumnOptions = new Dictionary<string, ColumnOptions>(), LabelColumn = "Cost", HiddenUnits = [4] };
        float[] single = Scores("Single");
        foreach (string other in new[] { "Double", "SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64" })
        {
            Assert.Equal(other, whole.Schema[other].Type.RawType.Name);
            Assert.All(single.Zip(Scores(other)), p => Assert.Equal(p.First, p.Second, 1e-3f));
        }

        Assert.All(Scores("Old").Zip(Scores("IsOld")), p => Assert.Equal(p.First, p.Second, 1e-3f));
        Assert.All(Scores("Singles").Zip(Scores("Doubles")), p => Assert.Equal(p.First, p.Second, 1e-3f));
        Assert.Contains(single.Zip(Scores("Old")), p => Math.Abs(p.First - p.Second) > 0.1f);

        float[] Scores(string column)
        {
            using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(options with { FeatureColumns = [column] }).Fit(whole);
            return [.. model.Transform(whole).GetColumn<float>("Score")];
        }
    }

    [Fact]
    public void A_key_or_a_text_may_be_the_only_column_and_every_label_goes()
    {
        IDataView data = HouseData.Keyed(Ml, HouseData.Rows());
        NeuralNetworkOptions place = Options with { FeatureColumns = ["Place"], ColumnOptions = new Dictionary<string, ColumnOptions>(), Epochs = 40 };
        using NeuralNetworkTransformer binary = Ml.BinaryClassification.NeuralNetwork(place with { LabelColumn = "IsDear" }).Fit(data);
        Assert.InRange(Ml.BinaryClassification.Evaluate(binary.Transform(data), "IsDear").Accuracy, 0.75, 1);
        using NeuralNetworkTransformer multiclass = Ml.MulticlassClassification.NeuralNetwork(place with { LabelColumn = "Style" }).Fit(data);
        Assert.InRange(Ml.MulticlassClassification.Evaluate(multiclass.Transform(data), "Style").MacroAccuracy, 0.5, 1);
        using NeuralNetworkTransformer note = Ml.Regression.HeteroscedasticNeuralNetwork(place with { FeatureColumns = ["Note"], LabelColumn = "Cost" }).Fit(data);
        float[] scores = [.. note.Transform(data).GetColumn<float>("Score")];
        string[] notes = [.. data.GetColumn<string>("Note")];
        double With(bool garden) => scores.Where((_, i) => notes[i].Contains("arden", StringComparison.Ordinal) == garden).Average();
        Assert.InRange(With(true) - With(false), 15, 45);
    }

    /// <summary>Ids of a tokenizer of one's own are a vector of keys. Numbers beyond the keys, which other programs may feed, are as if they were missing.</summary>
    [Fact]
    public void Ids_are_vectors_of_keys_and_those_out_of_range_are_missing()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 300).Select(i => new Tokens
        {
            Ids = [.. Enumerable.Range(0, i % 4).Select(k => (uint)((i + (7 * k)) % 50) + 1)],
            Pair = [(uint)(i % 5) + 1, (uint)(i % 3) + 1],
            Topic = (uint)(i % 5),
            Cost = (i % 5) + (i % 3),
        }));
        NeuralNetworkOptions options = Options with { FeatureColumns = ["Ids", "Pair", "Topic"], ColumnOptions = new Dictionary<string, ColumnOptions>(), LabelColumn = "Cost", Epochs = 60 };
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(options).Fit(data);
        Assert.InRange(Ml.Regression.Evaluate(model.Transform(data), "Cost").RSquared, 0.95, 1);
        using NeuralNetworkTransformer topic = Ml.Regression.NeuralNetwork(options with { FeatureColumns = ["Topic"] }).Fit(data);
        uint[] keys = [0, 6, uint.MaxValue, 5];
        using BatchOnnxTransformer plain = Ml.ScoreOnnx(OnnxExporter.Export(topic.Inference)).Fit(Ml.Data.LoadFromEnumerable(keys.Select(key => new Number { Topic = key })));
        float[] scores = [.. plain.Transform(Ml.Data.LoadFromEnumerable(keys.Select(key => new Number { Topic = key }))).GetColumn<float>("Score")];
        Assert.Equal(scores[0], scores[1], 1e-5f);
        Assert.Equal(scores[0], scores[2], 1e-5f);
        Assert.NotEqual(scores[0], scores[3], 1e-2f);
    }

    /// <summary>A number above that of the keys trains what a missing key trains, which has no vector.</summary>
    [Fact]
    public void A_key_above_the_number_of_keys_is_learned_as_a_missing_one()
    {
        NeuralNetworkOptions options = Options with { FeatureColumns = ["Key"], ColumnOptions = new Dictionary<string, ColumnOptions>(), LabelColumn = "Number", Epochs = 5 };
        (uint, float)[] rows = [.. Enumerable.Range(0, 20).Select(i => ((uint)(i % 3) + 1, (float)(i % 3)))];
        float[][] missing = Trained(0);
        foreach (uint beyond in new uint[] { 4, uint.MaxValue })
            Assert.Equal(missing, Trained(beyond));
        Assert.NotEqual(missing, Trained(3));

        float[][] Trained(uint key)
        {
            using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(options).Fit(new RawKeys(3, [.. rows, (key, 9)]));
            return [.. model.Network.Parameters.Select(p => p.Value.Span<float>().ToArray())];
        }
    }

    [Fact]
    public void Words_are_the_same_in_other_case_and_with_other_accents_and_punctuation()
    {
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(Options with { FeatureColumns = ["Note"], ColumnOptions = new Dictionary<string, ColumnOptions>() })
            .Fit(HouseData.Keyed(Ml, HouseData.Rows(60)));
        HouseData.Row[] rows = HouseData.Rows(3);
        (rows[0].Note, rows[1].Note, rows[2].Note) = ("cafe garden", "Café; GARDÉN!", "cafe gardens");
        float[] scores = [.. model.Transform(HouseData.Keyed(Ml, rows)).GetColumn<float>("Score")];
        Assert.Equal(scores[0], scores[1]);
        Assert.NotEqual(scores[0], scores[2]);
    }

    [Fact]
    public void Vectors_have_the_width_that_is_asked_for()
    {
        using NeuralNetworkTransformer model = Ml.Regression.NeuralNetwork(Options with
        {
            ColumnOptions = new Dictionary<string, ColumnOptions> { ["Place"] = new() { Width = 3 }, ["Marks"] = new() { Width = 6 }, ["Note"] = new() { Width = 5, HashBits = 4 } },
            Epochs = 1,
        }).Fit(HouseData.Keyed(Ml, HouseData.Rows(20)));
        var sizes = model.Network.Parameters.Where(p => p.Name.EndsWith(".table", StringComparison.Ordinal)).ToDictionary(p => p.Name, p => string.Join('×', p.Value.Sizes.ToArray()));
        Assert.Equal(("6×3", "5×6", "16×5"), (sizes["vectors_Place.table"], sizes["vectors_Marks.table"], sizes["vectors_Note.table"]));
    }

    /// <summary>Keys are mapped within each fold, so that those of a held-out fold may be missing.</summary>
    [Fact]
    public void A_pipeline_with_columns_of_every_kind_is_cross_validated()
    {
        IDataView data = Ml.Data.LoadFromEnumerable(HouseData.Rows(300));
        IReadOnlyList<TrainCatalogBase.CrossValidationResult<RegressionMetrics>> folds = Ml.Regression.CrossValidate(
            data, HouseData.Keys(Ml).Append(Ml.Regression.NeuralNetwork(Options with { Epochs = 60 })), numberOfFolds: 3, labelColumnName: "Cost", seed: 1);
        Assert.All(folds, fold => Assert.InRange(fold.Metrics.RSquared, 0.93, 1));
    }

    /// <summary>From 0 keys of a word, as ML.NET's own transformers number them: without case, diacritics and punctuation, split at blanks, hashed.</summary>
    private static int[][] Words(HouseData.Row[] rows)
    {
        IDataView view = Ml.Data.LoadFromEnumerable(rows);
        TransformerChain<Microsoft.ML.Transforms.HashingTransformer> words = Ml.Transforms.Text.NormalizeText("N", "Note", TextNormalizingEstimator.CaseMode.Lower, keepDiacritics: false, keepPunctuations: false)
            .Append(Ml.Transforms.Text.TokenizeIntoWords("N", "N", Blanks)).Append(Ml.Transforms.Conversion.Hash("N", "N", 6)).Fit(view);
        return [.. words.Transform(view).GetColumn<uint[]>("N").Select(keys => keys.Select(k => (int)k - 1).ToArray())];
    }

    private sealed class Tokens
    {
        [KeyType(50)]
        public uint[] Ids { get; set; } = [];

        [VectorType(2)]
        [KeyType(5)]
        public uint[] Pair { get; set; } = [];

        [KeyType(5)]
        public uint Topic { get; set; }

        public float Cost { get; set; }
    }

    private sealed class Number
    {
        public uint Topic { get; set; }
    }

    private sealed class Counts
    {
        public float Single { get; set; }

        public double Double { get; set; }

        public sbyte SByte { get; set; }

        public byte Byte { get; set; }

        public short Int16 { get; set; }

        public ushort UInt16 { get; set; }

        public int Int32 { get; set; }

        public uint UInt32 { get; set; }

        public long Int64 { get; set; }

        public ulong UInt64 { get; set; }

        public bool IsOld { get; set; }

        public float Old { get; set; }

        [VectorType(2)]
        public double[] Doubles { get; set; } = [];

        [VectorType(2)]
        public float[] Singles { get; set; } = [];

        public float Cost { get; set; }
    }
}
