using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>
/// Finds the axis of rows by the names and places that a model declares, never by sizes: it is the first axis of every input, and its symbols may stand
/// nowhere else.
/// </summary>
internal static class BatchAxis
{
    /// <summary>The symbols of the batch; none for a model that takes one row at a time.</summary>
    public static HashSet<string> Symbols(OnnxSession session) =>
        new(session.Inputs.Where(i => i.Shape.Rank > 0).SelectMany(i => i.Shape[0].Symbols).Select(s => s.Name), StringComparer.Ordinal);

    /// <exception cref="ScoringException">The batch is on another axis of the input.</exception>
    public static void RequireFirst(TensorDescription input, HashSet<string> batch)
    {
        Shape shape = input.Shape;
        if (shape.Rank == 0 || (shape[0].IsStatic ? shape[0].Size != 1 : shape[0].Symbol is null) || shape.Skip(1).Any(d => d.Symbols.Any(s => batch.Contains(s.Name))))
        {
            throw new ScoringException(
                $"Expected a model input whose first dimension, and no other, is the batch (symbolic, or 1), found {input}{Named(batch)}.");
        }
    }

    /// <exception cref="ScoringException">The output has no batch, or has it on another axis.</exception>
    public static void RequireFirstOf(TensorDescription output, HashSet<string> batch, IReadOnlyCollection<TensorDescription> inputs)
    {
        Shape shape = output.Shape;
        bool first = shape.Rank > 0 && shape.Skip(1).All(d => !d.Symbols.Any(s => batch.Contains(s.Name))) && (shape[0].IsStatic
            ? shape[0].Size == 1 && inputs.Any(i => i.Shape[0].IsStatic)
            : shape[0].Symbol is { } symbol && (batch.Contains(symbol.Name) || !inputs.Any(i => i.Shape.Skip(1).Any(d => d.Symbols.Contains(symbol)))));
        if (!first)
        {
            throw new ScoringException(
                $"Expected model outputs whose first dimension, and no other, is the batch, found {output}{Named(batch)}; leave it out by "
                + $"{nameof(ScoreOnnxOptions)}.{nameof(ScoreOnnxOptions.SelectedOutputs)}.");
        }
    }

    private static string Named(HashSet<string> batch) =>
        batch.Count == 0 ? " in a model of one row at a time" : $" where the batch is {string.Join(", ", batch.Select(s => $"\"{s}\""))}";
}
