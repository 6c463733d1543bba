using System.Globalization;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Format;

namespace Toolkit.OnnxExport.Export;

/// <summary>Writes types of values.</summary>
internal static class ValueTypes
{
    public static ValueInfoProto ToProto(string name, TensorType type, string description = "")
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(type.Shape.Select(Dimension));
        var value = new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type.DType.ToDataType(), Shape = shape } },
        };
        if (description.Length > 0)
        {
            value.DocString = description;
        }

        return value;
    }

    private static TensorShapeProto.Types.Dimension Dimension(Dim dim) =>
        dim.IsStatic ? new() { DimValue = dim.Size } : new() { DimParam = dim.Symbol ?? Expression(dim) };

    /// <summary>A polynomial in the notation that other tools use: <c>2*batch*time + 1</c>, <c>floor(batch/4)</c>.</summary>
    private static string Expression(Dim dim) => dim.IsStatic ? $"{dim}" : string.Join(" + ", dim.Terms.Select(term =>
    {
        IEnumerable<string> factors = term.Factors.Select(factor => factor.Symbol
            ?? string.Create(CultureInfo.InvariantCulture, $"floor(({Expression(factor.Dividend!)})/{factor.Divisor})"));
        return string.Join('*', term.Coefficient == 1 && term.Factors.Count > 0
            ? factors
            : factors.Prepend(term.Coefficient.ToString(CultureInfo.InvariantCulture)));
    })).Replace("+ -", "- ", StringComparison.Ordinal);
}
