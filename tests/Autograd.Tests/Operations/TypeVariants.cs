using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Indexing;
using Toolkit.Autograd.Operations.LinearAlgebra;
using Toolkit.Autograd.Operations.Quantization;
using Toolkit.Autograd.Operations.Resizing;
using Toolkit.Autograd.Operations.Shaping;
using Toolkit.Autograd.Schema;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Tests.Operations;

/// <summary>The examples of the registry in every type of real numbers or truth values that the schemas allow, but for float32 and float64.</summary>
internal static class TypeVariants
{
    /// <summary>Operations of which the variable type is the attribute's, or that of an input which is not computed with.</summary>
    private static readonly string[] Fixed = ["BitCast", "BlackmanWindow", "Cast", "CastLike", "HammingWindow", "HannWindow"];

    public static IEnumerable<string> Names => OperationRegistry.All.Where(o => !ExampleValues.HasTexts(o)).Select(o => o.Name).Except(Fixed);

    public static IEnumerable<(OperationExample Example, DType[] Types)> Cases(string name) =>
        from example in OperationRegistry.All.Single(o => o.Name == name).Examples
        from types in Variants(example)
        where !types.Any(t => t.IsInteger()) || example.Operation is not Gemm { Alpha: var alpha } || double.IsInteger(alpha)

        // The rest of floating-point numbers has the sign of the dividend, and what is added must be numbers.
        where !types.Any(t => t.IsFloating()) || example.Operation is not Mod { Truncated: false }
        where !types.Contains(DType.Bool) || example.Operation is not (ScatterND { Reduction: not ScatterReduction.None } or ScatterElements { Reduction: not ScatterReduction.None } or Col2Im)
        where types.Length == 0 || types[0].IsFloating() || example.Operation is not (Resize { Sampling.Mode: not Autograd.Kernels.ResizeMode.Nearest } or GridSample { Mode: not Autograd.Kernels.ResizeMode.Nearest })

        // A quotient of halves is rounded before it is rounded to an integer.
        where !types.Any(t => ElementType.Of(t).IsHalf) || example.Operation is not (QuantizeLinear or DynamicQuantizeLinear)

        // The reference of this one keeps 32 bits.
        where !types.Contains(DType.UInt64) || example.Operation is not BitShift { Left: true }
        select (example, types);

    /// <summary>The computation of an example in types, and numbers for it.</summary>
    public static (Signature Signature, Value[] Inputs) Make(OperationExample example, DType[] types)
    {
        var typed = new OperationExample(example.Operation, [.. example.Inputs.Select((input, i) => input with { DType = types[i] })]);
        Variable[] variables = ExampleValues.Variables(typed, DType.Float32);
        Value[] inputs = ExampleValues.Draw(typed, DType.Float32, seed: 8);
        ExampleInput[] drawn = [.. typed.Inputs.Where(input => !input.IsConstant && !input.IsLeftOut)];
        for (int i = 0; i < inputs.Length; i++)
        {
            // What must not be 0 is not among integers either.
            for (int k = 0; k < inputs[i].Count && drawn[i].DType.IsInteger() && (drawn[i].Margin > 0 || drawn[i].Low > 0 || drawn[i].High < 0); k++)
                inputs[i][k] = inputs[i][k] == 0 ? 1 : inputs[i][k];
        }

        return (new Signature(ExampleValues.Inputs(variables), [.. example.Operation.ApplyAll(variables).Select((o, i) => new Output($"y{i}", o))], name: example.Operation.Name), inputs);
    }

    /// <summary>The types of the inputs: those that have the type of the first floating-point input, or else of the first input, vary together.</summary>
    private static IEnumerable<DType[]> Variants(OperationExample example)
    {
        DType[] own = [.. example.Inputs.Select(input => input.DType)];
        int first = Math.Max(0, Array.IndexOf(own, DType.Float32));
        OperatorSchema? schema = example.Operation.StandardSchema();

        // A body has the types that it was made for.
        if (example.Operation is IHasBodies)
        {
            return [];
        }

        if (schema is null || own.Length == 0)
        {
            return own.Contains(DType.Float32)
                ? new[] { DType.Float16, DType.BFloat16 }.Select(half => own.Select(type => type == DType.Float32 ? half : type).ToArray())
                : [];
        }

        return ElementType.All
            .Where(row => (row.IsNumber || row.Kind == ElementKind.Logical) && row.Type is not (DType.Float32 or DType.Float64) && Takes(first, row))
            .Select(row => own.Select((type, i) => type == own[first] && Takes(i, row) ? row.Type : type).ToArray());

        bool Takes(int input, ElementType row) => schema.Inputs[Math.Min(input, schema.Inputs.Count - 1)].Types.Contains(row.TensorName);
    }
}
