using Microsoft.ML;
using Microsoft.ML.Data;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Serving;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>A column that receives one output of the model: a scalar for [batch] and [batch, 1], a vector for everything else.</summary>
internal sealed record OutputColumn(string Name, DataViewType Type, int Output, DataViewSchema.Annotations? Annotations, TensorDescription Tensor)
    : ScoreColumn(Name, Type, Output, Annotations)
{
    public override Delegate Getter(CurrentScores scores, Action? prepare) => ColumnTypes.Visit(Tensor, new Maker(this, scores, prepare));

    /// <summary>The column's type where sizes of dynamic axes are known.</summary>
    public static DataViewType TypeOf(TensorDescription output, IReadOnlyDictionary<string, int> sizes)
    {
        PrimitiveDataViewType item = ColumnTypes.Of(output);
        Dim[] row = [.. output.Shape.Skip(1)];
        if (!row.All(d => d.Symbols.All(s => sizes.ContainsKey(s.Name))))
        {
            return new VectorDataViewType(item);
        }

        int[] dimensions = [.. row.Select(d => d.Evaluate(sizes))];
        return dimensions.All(d => d == 1) ? item : new VectorDataViewType(item, dimensions);
    }

    private sealed class Maker(OutputColumn column, CurrentScores scores, Action? prepare) : IElementVisitor<Delegate>
    {
        public Delegate Visit<T, TElement>()
            where TElement : struct, IElement<T>
        {
            int position = scores.PositionOf(column.Output);
            if (column.Type is not VectorDataViewType)
            {
                return (ValueGetter<T>)((ref T value) =>
                {
                    prepare?.Invoke();
                    TElement.Read(scores.Results[position], scores.Row, new Span<T>(ref value));
                });
            }

            return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
            {
                prepare?.Invoke();
                TensorMemory output = scores.Results[position];
                int length = output.Count / output.Sizes[0];
                VBufferEditor<T> editor = VBufferEditor.Create(ref value, length);
                TElement.Read(output, scores.Row * length, editor.Values);
                value = editor.Commit();
            });
        }
    }
}
