using Toolkit.Autograd.Graph;

namespace Toolkit.Autograd.Operations;

/// <summary>Arithmetic on variables, as C# operators. A number takes the element type of the tensor.</summary>
public static class VariableOperators
{
    extension(Variable)
    {
        /// <summary>x + y.</summary>
        public static Variable operator +(Variable x, Variable y) => Ops.Add(x, y);

        /// <summary>x + y.</summary>
        public static Variable operator +(Variable x, double y) => Ops.Add(x, Variable.Scalar(y, x.DType));

        /// <summary>x + y.</summary>
        public static Variable operator +(double x, Variable y) => Ops.Add(Variable.Scalar(x, y.DType), y);

        /// <summary>x − y.</summary>
        public static Variable operator -(Variable x, Variable y) => Ops.Sub(x, y);

        /// <summary>x − y.</summary>
        public static Variable operator -(Variable x, double y) => Ops.Sub(x, Variable.Scalar(y, x.DType));

        /// <summary>x − y.</summary>
        public static Variable operator -(double x, Variable y) => Ops.Sub(Variable.Scalar(x, y.DType), y);

        /// <summary>−x.</summary>
        public static Variable operator -(Variable x) => new Elementwise.Neg().Apply(x);

        /// <summary>x·y, element by element.</summary>
        public static Variable operator *(Variable x, Variable y) => Ops.Mul(x, y);

        /// <summary>x·y.</summary>
        public static Variable operator *(Variable x, double y) => Ops.Mul(x, Variable.Scalar(y, x.DType));

        /// <summary>x·y.</summary>
        public static Variable operator *(double x, Variable y) => Ops.Mul(Variable.Scalar(x, y.DType), y);

        /// <summary>x / y, element by element.</summary>
        public static Variable operator /(Variable x, Variable y) => Ops.Div(x, y);

        /// <summary>x / y.</summary>
        public static Variable operator /(Variable x, double y) => Ops.Div(x, Variable.Scalar(y, x.DType));

        /// <summary>x / y.</summary>
        public static Variable operator /(double x, Variable y) => Ops.Div(Variable.Scalar(x, y.DType), y);
    }
}
