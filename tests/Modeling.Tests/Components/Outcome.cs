using Toolkit.Autograd.Execution;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>What an example comes to.</summary>
internal static class Outcome
{
    /// <summary>The trained model of an example that gives a model or a trainer; null for others.</summary>
    public static Model? Model(TwoLines example)
    {
        Trainer? trainer = example.Make() switch
        {
            Model model => new Trainer { Model = model, Loss = new SoftmaxCrossEntropy(), Optimizer = new Adam() },
            Trainer made => made,
            _ => null,
        };
        History? history = trainer?.Fit(example.Data, new() { Epochs = 2, BatchSize = 24 }, TestContext.Current.CancellationToken);
        if (history is { StopReason: not StopReason.Completed })
            throw new InvalidOperationException(history.StopMessage);
        return trainer?.Model;
    }

    /// <summary>Numbers that show what an example came to: predictions of a trained model, or the result itself.</summary>
    public static double[] Numbers(TwoLines example) =>
        Model(example) is { } model ? [.. model.PredictAll(example.Data).Values.SelectMany(Numbers)] : Numbers(example.Make());

    private static double[] Numbers(object result) => result switch
    {
        Variable variable => Numbers(Function.Compile([], [variable], null, new ExecutionOptions { Threads = 1 }).Run()[0]),
        Value value => [.. Enumerable.Range(0, value.Count).Select(i => value[i])],
        IDataSource data => [.. data.Batches(new BatchOptions { Size = 24 }).SelectMany(b => b.Layout.Fields.SelectMany(field => Numbers(b[field.Name])))],
        IEnumerable<double> numbers => [.. numbers],
        IEnumerable<float> numbers => [.. numbers.Select(n => (double)n)],
        IConvertible number => [Convert.ToDouble(number, System.Globalization.CultureInfo.InvariantCulture)],
        _ => throw new NotSupportedException($"Expected a model, a trainer, a variable, data or numbers, found {result.GetType()}."),
    };
}
