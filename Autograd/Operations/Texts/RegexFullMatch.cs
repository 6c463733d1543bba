using System.Text.RegularExpressions;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Kernels;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Texts;

/// <summary>Whether the whole of each text matches a regular expression (ONNX <c>RegexFullMatch</c>, from operator set 20 on), in time linear in its length.</summary>
/// <param name="Pattern">The expression, in the syntax that RE2 and .NET share.</param>
public sealed record RegexFullMatch(string Pattern) : Operation, IReadsTexts, IOperator
{
    /// <inheritdoc/>
    public static IEnumerable<OperationExample> Examples =>
        [new(new RegexFullMatch("[a-z]+\\.com"), ExampleInput.Of("www.com", "a.com", "a.com.", "")) { Smoothness = 0, Opset = 20 }];

    /// <inheritdoc/>
    public static IReadOnlyList<Variable> FromOnnx(OnnxNode node) => new RegexFullMatch(node.Text("pattern")).ApplyAll(node[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(InferRequest inputs)
    {
        Require.Count(this, inputs, 1);
        Expression();
        return [inputs[0] with { DType = DType.Bool }];
    }

    /// <inheritdoc/>
    public Kernel Lower(LowerRequest request)
    {
        Regex expression = Expression();
        return Kernel.Of(arguments =>
        {
            for (int i = 0; i < arguments.Inputs[0].Count; i++)
                arguments.Outputs[0].Span<bool>()[i] = expression.IsMatch(arguments.Inputs[0].Texts[i]);
        });
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable?> Bprop(BpropRequest request) => request.Zero;

    /// <inheritdoc/>
    public override OnnxForm? ToOnnx(OnnxRequest request) => request.Opset < 20 ? null : new(Name) { Attributes = [new OnnxAttribute("pattern", Pattern)] };

    private Regex Expression()
    {
        try
        {
            return new Regex($@"\A(?:{Pattern})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new GraphException($"{Name} expects a regular expression without look-around and back-references, found \"{Pattern}\": {e.Message}", e);
        }
    }
}
