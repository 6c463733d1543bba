#:project ../../packages/Toolkit/Toolkit.csproj
#:property PublishAot=false

// Derivatives without a network: of a function at a point, as graphs, and in an exported file.
using Toolkit.Autograd.Checking;

Variable Valley(Variable x) => ((1.0 - x.Slice(0, 0, 1)).Square() + (100.0 * (x.Slice(0, 1, 2) - x.Slice(0, 0, 1).Square()).Square())).Sum();
Value start = Value.Of([-1.0, 1.0], 2);
Console.WriteLine(Derivatives.Hessian(Valley, start));
Console.WriteLine(Derivatives.HessianVector(Valley, start, Value.Of([1.0, 0.0], 2)));

// A gradient is a variable like any other: it is compiled together with the function, differentiated again, and exported.
Variable x = Variable.Input("x", DType.Float64, [2]), y = Valley(x), slope = Gradient.Of(y, x);
Function both = Function.Compile([x], [y, slope]);
Console.WriteLine(both.Run(start)[1]);
OnnxExporter.Export(new Signature([x], [new Output("slope", slope)]), "slope.onnx");
using OnnxSession session = OnnxSession.Load("slope.onnx");
Console.WriteLine(session.Run(start)[0]);

new GradientCheck().Require(Valley, start);
Console.WriteLine("The derivatives agree with differences.");

// Prints:
// Float64[2, 2] [[802, 400], [400, 200]]
// Float64[2] [802, 400]
// Float64[2] [-4, 0]
// Float64[2] [-4, 0]
// The derivatives agree with differences.
