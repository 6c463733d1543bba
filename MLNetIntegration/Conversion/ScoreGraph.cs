using Microsoft.ML.Data;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.MLNetIntegration.Scoring;
using Toolkit.OnnxExport.Import;

namespace Toolkit.MLNetIntegration.Conversion;

/// <summary>The columns that a model adds as tensors: its outputs, and the probabilities and predicted labels that scoring makes of them.</summary>
internal static class ScoreGraph
{
    /// <summary>The computation of the model, and the tensors by the names of the columns.</summary>
    /// <param name="model">The model.</param>
    /// <param name="binding">Its columns.</param>
    /// <param name="read">The tensor of a column that the model reads.</param>
    public static (Signature Model, IEnumerable<(string Name, Variable Variable)> Columns) Of(byte[] model, ModelBinding binding, Func<string, Variable> read)
    {
        Signature inference = OnnxModel.Load(model).Inference;
        var sources = new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance);
        foreach (Variable input in inference.Inputs)
        {
            InputColumns columns = binding.Inputs.First(candidate => candidate.Input.Name == input.Name);
            Variable joined = Ops.Concat(1, [.. columns.Columns.Select(column => read(column.Name))]);
            sources.Add(input, Shaped(Finite(joined, binding.Options).Cast(input.DType), columns, binding.Sizes));
        }

        var substitution = new Substitution(sources);
        Variable[] outputs = [.. inference.Outputs.Select(output => substitution.Map(output.Variable))];
        return (inference, binding.Columns.Select(column => (column.Name, Of(column, outputs[column.Output]))));
    }

    /// <summary>What takes the place of a number that is missing.</summary>
    private static Variable Finite(Variable numbers, ScoreOnnxOptions options) =>
        options.NaNPolicy == NaNPolicy.Replace && numbers.DType is DType.Float32 or DType.Float64 ? Ops.Where(Ops.Equal(numbers, numbers), numbers, options.NaNReplacement) : numbers;

    /// <summary>[batch, n] in the shape of an input.</summary>
    private static Variable Shaped(Variable joined, InputColumns columns, IReadOnlyDictionary<string, int> sizes)
    {
        Dim batch = joined.Shape[0];
        return columns.RowAxes.Length == 1 && columns.RowLength(sizes) is null
            ? joined
            : joined.Reshape([batch, .. columns.RowAxes.Select(axis => Dim.Of(axis.Evaluate(sizes)))]);
    }

    private static Variable Of(ScoreColumn column, Variable output) => column switch
    {
        OutputColumn => PipelineGraph.Rows(ColumnTypes.Item(column.Type) == NumberDataViewType.Single ? output.Cast(DType.Float32) : output, column.Type),
        ProbabilityColumn probability => Probability(probability, output),
        PredictedLabelColumn { Type: BooleanDataViewType } label => Probability(label.Probability, output).Greater(label.Threshold),
        PredictedLabelColumn label => Label(label, Of(label.Probability.Score, output)),
        _ => throw new ScoringException($"Expected a known kind of column, found {column.GetType().Name}."),
    };

    private static Variable Probability(ProbabilityColumn column, Variable output)
    {
        Variable score = Of(column.Score, output);
        return !column.Logits ? score : column.Type is VectorDataViewType ? score.Softmax() : score.Sigmoid();
    }

    /// <summary>The number of the largest score, from 1, the first at a tie, and 0 where a score is not a number; or its name.</summary>
    private static Variable Label(PredictedLabelColumn column, Variable scores)
    {
        Variable known = Ops.Equal(scores, scores).Cast(DType.Float32).Sum([1], keepDims: true);
        Variable keys = Ops.Where(known.Greater(ColumnTypes.Length(column.Probability.Score.Type) - 0.5), scores.ArgMax(1, keepDims: true) + 1, 0);
        return column.Type is TextDataViewType
            ? Variable.Of(Value.Of([string.Empty, .. column.Labels!.Names], column.Labels.Names.Count + 1)).Gather(keys)
            : keys.Cast(DType.UInt32);
    }
}
