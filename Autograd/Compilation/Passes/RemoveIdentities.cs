using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations.Elementwise;
using Toolkit.Autograd.Operations.Shaping;

namespace Toolkit.Autograd.Compilation.Passes;

/// <summary>
/// Operations that change nothing give way to their input: identities, products with 1, reshapings and expansions to the shape that is there. An elementwise
/// operation broadcasts by itself, so an expansion before it is dropped where another input has the full shape, and one before an operation on single numbers comes after it.
/// </summary>
internal sealed class RemoveIdentities : RewritingPass
{
    public override string Name => "remove identities";

    public override bool IsOn(CompilationOptions options) => options.RemoveIdentities;

    public override Signature Apply(Signature signature) => new Transform().Apply(signature);

    private sealed class Transform : GraphTransform
    {
        protected override IReadOnlyList<Variable> Visit(Node node, Arguments inputs) => node.Operation switch
        {
            Identity or StopGradient or Hyperparameter => [inputs[0]],
            Mul when IsOne(inputs[1]) && inputs[0].Type == node.Outputs[0].Type => [inputs[0]],
            Mul when IsOne(inputs[0]) && inputs[1].Type == node.Outputs[0].Type => [inputs[1]],
            IView or Expand when inputs[0].Shape == node.Outputs[0].Shape => [inputs[0]],
            IView when inputs[0].Producer is { Operation: IView } first && first.Inputs[0].Shape == node.Outputs[0].Shape => [first.Inputs[0]],
            ElementwiseOperation when inputs.Length == 1 && IsRepeated(inputs[0]) => BeforeExpand(node, inputs[0].Producer!) ?? Rebuild(node, inputs),
            ElementwiseOperation when inputs.Any(IsRepeated) => WithoutExpand(node, inputs),
            _ => Rebuild(node, inputs),
        };

        private static IReadOnlyList<Variable> WithoutExpand(Node node, Arguments inputs)
        {
            Arguments bare = inputs.Map(i => IsRepeated(i) ? i.Producer!.Inputs[0] : i);
            return node.Operation.Infer(new InferRequest(node.Operation, bare))[0] == node.Outputs[0].Type ? Rebuild(node, bare) : Rebuild(node, inputs);
        }

        /// <summary>What is done to each number is done before they are repeated.</summary>
        private static IReadOnlyList<Variable>? BeforeExpand(Node node, Node expand)
        {
            Variable once = new Node(node.Operation, new Arguments(expand.Inputs[0])) { Origin = node.Origin }.Outputs[0];
            Variable repeated = new Node(expand.Operation, new Arguments(once, expand.Inputs[1])) { Origin = expand.Origin }.Outputs[0];
            return repeated.Type == node.Outputs[0].Type ? [repeated] : null;
        }

        private static bool IsRepeated(Variable variable) => variable.Producer?.Operation is Expand;

        private static bool IsOne(Variable variable) => variable.Constant is { Count: 1 } constant && constant[0].Equals(1.0);
    }
}
