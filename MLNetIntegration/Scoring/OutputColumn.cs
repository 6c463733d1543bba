using Microsoft.ML.Data;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>
/// A column that receives one output of the model: a scalar for [batch] and [batch, 1], a vector for everything else.
/// </summary>
internal sealed record OutputColumn(string Name, int Output, DType DType, DataViewType Type)
{
    public PrimitiveDataViewType ItemType => ColumnTypes.Of(DType);

    public static IReadOnlyList<OutputColumn> Of(OnnxSession session, ScoreOnnxOptions options)
    {
        foreach (string name in options.Outputs.Keys)
        {
            if (session.Outputs.All(o => o.Name != name))
            {
                throw new ScoringException($"The options name the model output \"{name}\", but the model's outputs are " +
                    $"{string.Join(", ", session.Outputs.Select(o => $"\"{o.Name}\""))}.");
            }
        }

        return [.. session.Outputs.Select((o, i) => new OutputColumn(options.Outputs.GetValueOrDefault(o.Name, o.Name), i, o.Type.DType, TypeOf(o)))];
    }

    private static DataViewType TypeOf(TensorDescription output)
    {
        PrimitiveDataViewType item = ColumnTypes.Of(output.Type.DType);
        Dim[] row = [.. output.Type.Shape.Skip(1)];
        if (!row.All(d => d.IsStatic))
        {
            return new VectorDataViewType(item);
        }

        return row.All(d => d.Size == 1) ? item : new VectorDataViewType(item, row.Select(d => d.Size).ToArray());
    }
}
