using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.MLNetIntegration;
using Toolkit.MLNetIntegration.Training;
using Toolkit.Modeling;

namespace Toolkit.Bench.Pipelines;

/// <summary>A network with one hidden layer of 64 units on words hashed to 65,536 features, 3,000 texts, trained for five epochs and scored: the peak memory of the process, and the rate of scoring.</summary>
internal static class HashedText
{
    private const int Texts = 3000, Words = 30;

    private static readonly string[] Syllables = ["ba", "ke", "ti", "mo", "ru", "sa", "ne", "li", "do", "gu", "pra", "sto", "fle", "wi", "zan", "chu"];

    public static void Run()
    {
        var random = new RandomSource(1);
        var ml = new MLContext(seed: 1);
        IDataView texts = ml.Data.LoadFromEnumerable(Enumerable.Range(0, Texts).Select(_ => Text(random)).ToArray());
        IDataView features = ml.Transforms.Text.ProduceHashedWordBags("Features", "Text", numberOfBits: 16, ngramLength: 1).Fit(texts).Transform(texts);
        using NeuralNetworkTransformer trained = ml.BinaryClassification.NeuralNetwork(new NeuralNetworkOptions { HiddenUnits = [64], Epochs = 5 }).Fit(features);
        Print("accuracy-hashed-text", ml.BinaryClassification.Evaluate(trained.Transform(features)).Accuracy, "F3");
        var clock = Stopwatch.StartNew();
        int rows = trained.Transform(features).GetColumn<float>("Score").Count();
        Print("rows-per-second-hashed-text", rows / clock.Elapsed.TotalSeconds, "F0");
        Process me = Process.GetCurrentProcess();
        Print("peak-mb-hashed-text", me.PeakWorkingSet64 / 1e6, "F0");
    }

    /// <summary>Words of two to four syllables, and one that tells the label in nineteen of twenty texts.</summary>
    private static Row Text(RandomSource random)
    {
        bool label = random.NextInt32(2) == 0, told = random.NextInt32(20) > 0;
        IEnumerable<string> words = Enumerable.Range(0, Words).Select(_ => string.Concat(Enumerable.Range(0, 2 + random.NextInt32(3)).Select(_ => Syllables[random.NextInt32(Syllables.Length)])));
        return new Row { Label = label, Text = string.Join(' ', words.Append(label == told ? "good" : "bad")) };
    }

    private static void Print(string name, double value, string format) => Console.WriteLine($"{name}\t{value.ToString(format, CultureInfo.InvariantCulture)}");

    private sealed class Row
    {
        public bool Label { get; set; }

        public string Text { get; set; } = "";
    }
}
