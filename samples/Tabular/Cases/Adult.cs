using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration;

namespace Toolkit.Samples.Tabular.Cases;

/// <summary>Whether an income is above 50,000 dollars, by numbers and texts of a census (Kohavi 1996).</summary>
internal sealed class Adult : BinaryCase
{
    private static readonly string[] Texts = ["workclass", "education", "marital", "occupation", "relationship", "ethnicity", "sex", "country"];

    private static readonly string[] Keys = [.. Texts.Select(t => $"{t}-key")];

    public override string Name => "adult";

    public override string Description => "income above 50,000 dollars, 6 numbers and 8 texts; 8,000 training and 3,000 test rows";

    public override string Folder => "adult";

    public override (IDataView Train, IDataView Test) Load(MLContext ml, string folder) =>
        (Read(ml, Path.Combine(folder, "adult-train-8k.csv")), Read(ml, Path.Combine(folder, "adult-test-3k.csv")));

    public override IEstimator<ITransformer> Featurize(MLContext ml)
    {
        // Gains and losses are zero for most and large for few: their logarithms say more to a linear layer.
        var logs = ml.Transforms.CustomMapping<Money, Logarithms>(
            (m, l) => (l.LogGain, l.LogLoss) = (MathF.Log(1 + m.Gain), MathF.Log(1 + m.Loss)), contractName: null);
        return logs
            .Append(ml.Transforms.Categorical.OneHotEncoding([.. Texts.Select(t => new InputOutputColumnPair($"{t}-1", t))]))
            .Append(ml.Transforms.Concatenate(
                "Numbers", "age", "weight", "years", "Gain", "Loss", "hours", nameof(Logarithms.LogGain), nameof(Logarithms.LogLoss)))
            .Append(ml.Transforms.NormalizeMeanVariance("Numbers", fixZero: false))
            .Append(ml.Transforms.Concatenate("Features", ["Numbers", .. Texts.Select(t => $"{t}-1")]))
            .Append(ml.Transforms.Conversion.MapValueToKey([.. Keys.Zip(Texts, (key, text) => new InputOutputColumnPair(key, text))]));
    }

    public override IReadOnlyList<Contender> Contenders(MLContext ml) =>
    [
        .. base.Contenders(ml),
        new("network with embeddings", Family.Network, NetworkSpace.WithVectors, (s, seed) => ml.BinaryClassification.NeuralNetwork(NetworkSpace.Options(s, seed, null, ["Numbers"], Keys)))
        {
            TriesOf = "neural network",
        },
    ];

    private static IDataView Read(MLContext ml, string file) => ml.Data.LoadFromTextFile(
        file,
        new TextLoader.Options
        {
            Separators = [','],
            HasHeader = true,
            TrimWhitespace = true,
            Columns =
            [
                new("age", DataKind.Single, 0), new("workclass", DataKind.String, 1), new("weight", DataKind.Single, 2), new("education", DataKind.String, 3),
                new("years", DataKind.Single, 4), new("marital", DataKind.String, 5), new("occupation", DataKind.String, 6),
                new("relationship", DataKind.String, 7), new("ethnicity", DataKind.String, 8), new("sex", DataKind.String, 9),
                new("Gain", DataKind.Single, 10), new("Loss", DataKind.Single, 11), new("hours", DataKind.Single, 12), new("country", DataKind.String, 13),
                new("Label", DataKind.Boolean, 14),
            ],
        });

    private sealed class Money
    {
        public float Gain { get; set; }

        public float Loss { get; set; }
    }

    private sealed class Logarithms
    {
        public float LogGain { get; set; }

        public float LogLoss { get; set; }
    }
}
